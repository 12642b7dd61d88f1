//! ELF: versions first, as the dynamic linker checks them, then symbols.

use soabi_object::Arch;

use super::lookup::{ByLibrary, Lookup, Scope, problem};
use crate::platform::Libc;
use crate::resolve::input::{File, Import, Role, VersionNeed};
use crate::resolve::libraries;
use crate::resolve::problem::{Certainty, Problem, ProblemKind, Resolution};
use crate::tables::system::{Dotted, Level, glibc, musl, runtimes};

/// The libraries of glibc that CPython itself has loaded, so that their symbols are found by every module.
const LOADED_BY_PYTHON: [&str; 6] =
    ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libutil.so.1", "ld-linux"];

/// What is wrong with the imports of a file.
pub(super) fn problems(lookup: &mut Lookup<'_, '_>, file: usize) -> Vec<Problem> {
    if is_musl(lookup, file) { musl_names(lookup, file) } else { glibc_names(lookup, file) }
}

fn is_musl(lookup: &Lookup<'_, '_>, file: usize) -> bool {
    let needs = || lookup.graph.files[file].needed.iter().any(|need| need.name.starts_with("libc.musl-"));
    lookup.context.promise.libc.map_or_else(needs, |libc| libc == Libc::Musl)
}

/// musl has no versions: a name is there, or it is not.
fn musl_names(lookup: &mut Lookup<'_, '_>, file: usize) -> Vec<Problem> {
    let scope = lookup.scope(file, |name, arch| musl::is_library(name) || runtimes::is_listed(name, arch));
    let promised = lookup.context.promise.version;
    let mut absent = Vec::new();
    let mut newer = Vec::new();
    let mut newest = Dotted::default();
    for import in strong(&lookup.graph.files[file]) {
        if let Some(since) = musl::since(import.name) {
            // The tag of musl 1.2 promises every release of it, and names only the first two numbers.
            let is_newer = musl::is_dated(since) && promised.is_some_and(|promised| since > promised);
            if is_newer && !lookup.in_members(&scope, import.name) {
                newest = newest.max(since);
                newer.push(import.name.to_owned());
            }
            continue;
        }
        let system = scope.system.iter().any(|library| runtimes::versions(library, import.name).is_some());
        if !system
            && !scope.open
            && !lookup.is_python_name(import.name)
            && !lookup.in_members(&scope, import.name)
        {
            absent.push(import.name.to_owned());
        }
    }
    let mut problems = Vec::new();
    if !absent.is_empty() {
        // A name of glibc's says where the file was built.
        let gnu = absent.iter().any(|name| glibc::symbol(name).is_some());
        let kind = if gnu { ProblemKind::NotInMusl } else { ProblemKind::UndefinedSymbol };
        let certainty = lookup.certainty(file);
        problems.push(Problem { symbols: absent, ..problem(kind, file, certainty) });
    }
    if let Some(promised) = promised.filter(|_| !newer.is_empty()) {
        let kind = ProblemKind::MuslTooNew { needed: newest, promised };
        problems.push(Problem { symbols: newer, ..problem(kind, file, of_role(&lookup.graph.files[file])) });
    }
    problems
}

fn strong<'f, 'a>(file: &'f File<'a>) -> impl Iterator<Item = Import<'a>> + use<'f, 'a> {
    file.imports.iter().copied().filter(|import| !import.weak && import.used)
}

/// A promise of the tag is broken by every library of the wheel, whether or not something loads it.
fn of_role(file: &File<'_>) -> Certainty {
    if file.role == Role::Program { Certainty::Possible } else { Certainty::Certain }
}

fn glibc_names(lookup: &mut Lookup<'_, '_>, file: usize) -> Vec<Problem> {
    let graph = lookup.graph;
    let facts = &graph.files[file];
    let level = libraries::level(facts, lookup.context).filter(|_| lookup.context.promise.version.is_some());
    let mut newer = Newer::default();
    let mut problems = versions(lookup, file, level, &mut newer);

    let is_listed = |name: &str, arch: Arch| glibc::is_library(name) || runtimes::is_listed(name, arch);
    let scope = lookup.scope(file, is_listed);
    let mut undefined: ByLibrary = ByLibrary::new();
    let mut nowhere = Vec::new();
    for import in strong(facts) {
        match (import.library, import.version) {
            (Some(library), Some(version)) => {
                if !has_version(lookup, file, import, library, version) {
                    let symbol = format!("{}@{version}", import.name);
                    undefined.entry(library.to_owned()).or_default().push(symbol);
                }
            }
            _ => {
                if !unversioned(lookup, file, import, &scope, level, &mut newer) {
                    nowhere.push(import.name.to_owned());
                }
            }
        }
    }
    problems.extend(newer.problems(file, facts, lookup.context.promise.version, level));
    for (library, symbols) in undefined {
        problems.extend(lookup.undefined(file, symbols, Some(library)));
    }
    problems.extend(lookup.undefined(file, nowhere, None));
    problems
}

/// Whether the library that an import names has the symbol under its version, as far as that is known.
fn has_version<'a>(
    lookup: &mut Lookup<'_, 'a>,
    file: usize,
    import: Import<'a>,
    library: &str,
    version: &str,
) -> bool {
    match lookup.resolution(file, library) {
        Some(&Resolution::Member(member)) => {
            // Without versions of its own a library serves every version. With them, glibc looks for the version
            // in the whole scope: the name of the library only says where it was when the file was linked.
            let fits: Vec<usize> = lookup
                .exporters(import.name)
                .iter()
                .filter(|(_, known)| known.is_none_or(|known| known == version))
                .map(|(file, _)| *file)
                .collect();
            let known = |resolution: &Resolution| {
                matches!(resolution, Resolution::Member(_) | Resolution::Interpreter | Resolution::Platform)
            };
            let closed = |file: usize| lookup.needs[file].iter().all(known);
            fits.contains(&member)
                || !(closed(file) && closed(member))
                || lookup.graph.closure(file).iter().any(|other| fits.contains(other))
        }
        Some(Resolution::Platform) if glibc::is_library(library) => {
            let Some(number) = glibc::version(version) else { return true };
            let arch = lookup.graph.files[file].arch;
            let symbol = lookup.glibc(import.name);
            match symbol.map(|symbol| symbol.versions(arch)) {
                Some(Some(mut versions)) => versions.any(|known| known == number),
                Some(None) => true,
                None => false,
            }
        }
        _ => true,
    }
}

/// Whether an import without a version is found, as far as that is known. What is found in a version that is newer
/// than the promised one is noted.
fn unversioned<'a>(
    lookup: &mut Lookup<'_, 'a>,
    file: usize,
    import: Import<'a>,
    scope: &Scope<'a>,
    level: Option<&Level>,
    newer: &mut Newer,
) -> bool {
    let system = in_system(lookup, file, import.name, scope, level);
    match system {
        System::Has => true,
        // Where one library of the scope is not known, nothing is missing for certain.
        System::Lacks if scope.open => true,
        System::Lacks => lookup.is_python_name(import.name) || lookup.in_members(scope, import.name),
        System::HasGlibc(_) | System::HasRuntime(..) if lookup.in_members(scope, import.name) => true,
        System::HasGlibc(version) => {
            newer.glibc(version, import.name.to_owned());
            true
        }
        System::HasRuntime(library, version) => {
            newer.add(library, version, import.name.to_owned(), true);
            true
        }
    }
}

/// What the system's libraries have of a name without a version.
enum System<'a> {
    /// They have it.
    Has,
    /// They have it since a glibc that is newer than the promised one.
    HasGlibc(Dotted),
    /// A library has it in a version that the level does not allow.
    HasRuntime(&'a str, String),
    /// They do not have it.
    Lacks,
}

fn in_system<'a>(
    lookup: &mut Lookup<'_, 'a>,
    file: usize,
    name: &'a str,
    scope: &Scope<'a>,
    level: Option<&Level>,
) -> System<'a> {
    let arch = lookup.graph.files[file].arch;
    // glibc's only mangled names are those of libmvec.
    let mangled = name.starts_with("_Z") && !name.starts_with("_ZGV");
    if let Some(symbol) = if mangled { None } else { lookup.glibc(name) } {
        let loaded = |library: &'static str| {
            LOADED_BY_PYTHON.contains(&library) || scope.system.iter().any(|known| known.starts_with(library))
        };
        if symbol.libraries().any(loaded) {
            let Some(versions) = symbol.versions(arch) else { return System::Has };
            return match (versions.min(), lookup.context.promise.version) {
                (Some(oldest), Some(promised)) if oldest > promised => System::HasGlibc(oldest),
                (Some(_), _) => System::Has,
                (None, _) => System::Lacks,
            };
        }
    }
    for &library in &scope.system {
        let Some(versions) = lookup.runtime(library, name) else { continue };
        let refused = |level: &Level| !versions.iter().any(|version| level.allows_version(arch, version));
        return match versions.first().filter(|_| level.is_some_and(refused)) {
            Some(version) => System::HasRuntime(library, version.clone()),
            None => System::Has,
        };
    }
    System::Lacks
}

/// The versions that a file asks of libraries.
fn versions(
    lookup: &mut Lookup<'_, '_>,
    file: usize,
    level: Option<&Level>,
    newer: &mut Newer,
) -> Vec<Problem> {
    let facts = &lookup.graph.files[file];
    let mut problems = Vec::new();
    for need in facts.versions.iter().filter(|need| !need.weak) {
        match lookup.resolution(file, need.library) {
            Some(&Resolution::Member(member))
                if lacks_version(&lookup.graph.files[member], need) && asks(facts, need).next().is_some() =>
            {
                problems.push(of_library(lookup, file, need, ProblemKind::UndefinedVersion));
            }
            // What is weak is bound to nothing where it is not there.
            Some(Resolution::Platform) | None
                if need.version == "GLIBC_PRIVATE" && is_weak(asks(facts, need)) => {}
            Some(Resolution::Platform) | None if need.version == "GLIBC_PRIVATE" => {
                problems.push(of_library(lookup, file, need, ProblemKind::GlibcPrivate));
            }
            Some(Resolution::Platform) => note_newer(lookup, file, need, level, newer),
            _ => {}
        }
    }
    problems
}

/// Whether a library has versions, and not the one that is asked for.
fn lacks_version(library: &File<'_>, need: &VersionNeed<'_>) -> bool {
    let mut versions = library.exports.iter().filter_map(|export| export.version).peekable();
    versions.peek().is_some() && !versions.any(|version| version == need.version)
}

fn note_newer(
    lookup: &Lookup<'_, '_>,
    file: usize,
    need: &VersionNeed<'_>,
    level: Option<&Level>,
    newer: &mut Newer,
) {
    let (facts, Some(promised)) = (&lookup.graph.files[file], lookup.context.promise.version) else { return };
    let symbols = asks(facts, need).map(|import| format!("{}@{}", import.name, need.version));
    if let Some(version) = glibc::version(need.version) {
        if version > promised {
            newer.glibc_all(version, symbols, need.version);
        }
    } else if level.is_some_and(|level| !level.allows_version(facts.arch, need.version)) {
        newer.all(need.library, need.version, symbols);
    }
}

/// The imports that ask for a version.
fn asks<'f, 'a>(file: &'f File<'a>, need: &'f VersionNeed<'a>) -> impl Iterator<Item = &'f Import<'a>> {
    let asks =
        |import: &&Import<'a>| import.library == Some(need.library) && import.version == Some(need.version);
    file.imports.iter().filter(asks)
}

/// Whether there are imports, and all of them are weak.
fn is_weak<'f, 'a: 'f>(mut imports: impl Iterator<Item = &'f Import<'a>>) -> bool {
    imports.next().is_some_and(|first| first.weak) && imports.all(|import| import.weak)
}

fn of_library(lookup: &Lookup<'_, '_>, file: usize, need: &VersionNeed<'_>, kind: ProblemKind) -> Problem {
    let symbols: Vec<String> = asks(&lookup.graph.files[file], need)
        .map(|import| format!("{}@{}", import.name, need.version))
        .collect();
    let symbols = if symbols.is_empty() { vec![need.version.to_owned()] } else { symbols };
    let certainty = libraries::certainty_of(lookup.graph, file, lookup.context);
    Problem { library: Some(need.library.to_owned()), symbols, ..problem(kind, file, certainty) }
}

/// What a file needs that is newer than promised.
#[derive(Default)]
struct Newer {
    glibc: Vec<String>,
    newest_glibc: Dotted,
    /// By library, and whether the file names versions: the newest version, and the symbols.
    others: std::collections::BTreeMap<(String, bool), (String, Vec<String>)>,
}

impl Newer {
    fn glibc(&mut self, version: Dotted, symbol: String) {
        self.newest_glibc = self.newest_glibc.max(version);
        self.glibc.push(symbol);
    }

    fn glibc_all(&mut self, version: Dotted, symbols: impl Iterator<Item = String>, text: &str) {
        let before = self.glibc.len();
        symbols.for_each(|symbol| self.glibc(version, symbol));
        if self.glibc.len() == before {
            self.glibc(version, text.to_owned());
        }
    }

    fn add(&mut self, library: &str, version: String, symbol: String, unversioned: bool) {
        let (newest, symbols) = self.others.entry((library.to_owned(), unversioned)).or_default();
        if number(&version) >= number(newest) {
            *newest = version;
        }
        symbols.push(symbol);
    }

    fn all(&mut self, library: &str, version: &str, symbols: impl Iterator<Item = String>) {
        let mut any = false;
        for symbol in symbols {
            self.add(library, version.to_owned(), symbol, false);
            any = true;
        }
        if !any {
            self.add(library, version.to_owned(), version.to_owned(), false);
        }
    }

    fn problems(
        self,
        file: usize,
        facts: &File<'_>,
        promised: Option<Dotted>,
        level: Option<&Level>,
    ) -> impl Iterator<Item = Problem> {
        let certainty = of_role(facts);
        let glibc = promised.filter(|_| !self.glibc.is_empty()).map(|promised| {
            let kind = ProblemKind::GlibcTooNew { needed: self.newest_glibc, promised };
            Problem {
                library: Some("libc.so.6".to_owned()),
                symbols: self.glibc,
                ..problem(kind, file, certainty)
            }
        });
        let others = self.others.into_iter().map(move |((library, unversioned), (needed, symbols))| {
            let kind = if library.starts_with("libstdc++") {
                let prefix = needed.split('_').next().unwrap_or_default();
                let allowed = level.and_then(|level| level.newest(facts.arch, prefix));
                ProblemKind::LibstdcxxTooNew { needed, allowed, unversioned }
            } else {
                ProblemKind::RuntimeTooNew { needed }
            };
            Problem { library: Some(library), symbols, ..problem(kind, file, certainty) }
        });
        glibc.into_iter().chain(others.collect::<Vec<_>>())
    }
}

/// The number in `GLIBCXX_3.4.26`.
fn number(version: &str) -> Dotted {
    version.rsplit_once('_').and_then(|(_, number)| number.parse().ok()).unwrap_or_default()
}
