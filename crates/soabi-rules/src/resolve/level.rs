//! The best honest tag: the lowest level of manylinux, musllinux or macOS that is true for a set of files, and what
//! keeps it from the next lower one.

use std::cell::OnceCell;

use foldhash::HashSet;
use soabi_object::{Arch, Format};

use super::input::{Context, File, Import, Promise, Role};
use super::problem::Resolution;
use crate::platform::Libc;
use crate::tables::system::{Dotted, Level, Policies, glibc, musl};

/// The oldest musl whose names are known.
const MUSL_1_2: Dotted = Dotted::new(1, 2);

/// The lowest level that is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HonestLevel {
    /// The platform tag: `manylinux_2_17_x86_64`, `linux_x86_64` where no level is true, `macosx_11_0_arm64`.
    pub tag: String,
    /// What keeps the files from the next lower level.
    pub blockers: Vec<Blocker>,
}

/// Something that a level does not allow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blocker {
    /// The level that does not allow it: `manylinux_2_12`.
    pub level: String,
    /// The path of the file.
    pub file: String,
    /// The symbol, the library or the system's version: `memcpy@GLIBC_2.14`, `libgomp.so.1`, `macOS 11.0`.
    pub needs: String,
}

/// The lowest level that is true for the files of one format and one machine.
///
/// `needs` are their resolutions. `None` for what has no levels (PE, Android, iOS), and for no files at all.
pub fn honest_level(
    files: &[File<'_>],
    needs: &[Vec<Resolution>],
    context: &Context<'_>,
) -> Option<HonestLevel> {
    let counted: Vec<(&File<'_>, &[Resolution])> = files
        .iter()
        .zip(needs)
        .filter(|(file, _)| matches!(file.role, Role::Extension | Role::Library | Role::Program))
        .map(|(file, needs)| (file, needs.as_slice()))
        .collect();
    let (first, _) = counted.first().filter(|_| context.promise.has_tables())?;
    match first.format {
        Format::Elf => Some(linux(&counted, first.arch, context.promise)),
        Format::MachO => macos(&counted),
        Format::Pe | Format::Wasm => None,
    }
}

fn linux(files: &[(&File<'_>, &[Resolution])], arch: Arch, promise: Promise) -> HonestLevel {
    let musl =
        files.iter().any(|(file, _)| file.needed.iter().any(|need| need.name.starts_with("libc.musl-")));
    let libc = promise.libc.unwrap_or(if musl { Libc::Musl } else { Libc::Gnu });
    let own: OnceCell<HashSet<&str>> = OnceCell::new();
    let is_own = |name: &str| {
        let exports = || files.iter().flat_map(|(file, _)| &file.exports).map(|export| export.name).collect();
        own.get_or_init(exports).contains(name)
    };
    let unnamed: Vec<Vec<Unnamed<'_>>> = files.iter().map(|(file, _)| unnamed(file, libc, &is_own)).collect();
    let mut below: Vec<Blocker> = Vec::new();
    // The table of musl begins with 1.2: nothing shows that a file needs no more than 1.1, unless its tag says so.
    let oldest = promise.version.unwrap_or(MUSL_1_2).min(MUSL_1_2);
    let known = |level: &&Level| level.libc == Libc::Gnu || level.version >= oldest;
    for level in Policies::get().levels(libc, arch).filter(known) {
        let blockers: Vec<Blocker> = files
            .iter()
            .zip(&unnamed)
            .flat_map(|((file, needs), unnamed)| blockers(level, file, needs, unnamed))
            .collect();
        if blockers.is_empty() {
            let blockers = sorted(below);
            return HonestLevel { tag: format!("{}_{arch}", level.name), blockers };
        }
        below = blockers;
    }
    HonestLevel { tag: format!("linux_{arch}"), blockers: sorted(below) }
}

fn sorted(mut blockers: Vec<Blocker>) -> Vec<Blocker> {
    blockers.sort();
    blockers.dedup();
    blockers
}

/// A name of glibc's for which a file asks without a version.
struct Unnamed<'a> {
    name: &'a str,
    /// The first glibc that has it.
    since: Dotted,
}

/// The names of glibc's for which a file asks without a version, and which no file of the set has as its own. A linker that did
/// not see glibc leaves them so, and no tool that reads versions sees them.
fn unnamed<'a>(file: &File<'a>, libc: Libc, is_own: &dyn Fn(&str) -> bool) -> Vec<Unnamed<'a>> {
    if libc != Libc::Gnu {
        return Vec::new();
    }
    let is_open = |import: &&Import<'_>| {
        import.used && !import.weak && import.library.is_none() && import.version.is_none()
    };
    let of_glibc = |import: &Import<'a>| {
        let since = glibc::symbol(import.name)?.versions(file.arch)?.min()?;
        (!is_own(import.name)).then_some(Unnamed { name: import.name, since })
    };
    file.imports.iter().filter(is_open).filter_map(of_glibc).collect()
}

/// What a level does not allow of a file.
fn blockers(level: &Level, file: &File<'_>, needs: &[Resolution], unnamed: &[Unnamed<'_>]) -> Vec<Blocker> {
    let blocker = |needs: String| Blocker { level: level.name.to_owned(), file: file.path.to_owned(), needs };
    let own = |library: &str| {
        let known = file.needed.iter().zip(needs).find(|(need, _)| need.name == library);
        known.is_some_and(|(_, resolution)| {
            matches!(
                resolution,
                Resolution::Member(_) | Resolution::MemberIfLoaded(_) | Resolution::Interpreter
            )
        })
    };
    let libraries = file.needed.iter().filter(|need| !own(need.name) && !level.allows(need.name));
    let mut found: Vec<Blocker> = libraries.map(|need| blocker(need.name.to_owned())).collect();
    if level.libc == Libc::Musl {
        let names = file.imports.iter().filter(|import| !import.weak);
        let newer = names.filter(|import| {
            musl::since(import.name).is_some_and(|since| {
                musl::is_dated(since) && since.major_minor() > level.version.major_minor()
            })
        });
        found.extend(newer.map(|import| blocker(import.name.to_owned())));
    }
    for need in file.versions.iter().filter(|need| !need.weak && !own(need.library)) {
        if level.libc == Libc::Gnu && !level.allows_version(file.arch, need.version) {
            let asks = file.imports.iter().filter(|import| {
                import.version == Some(need.version) && import.library == Some(need.library)
            });
            let before = found.len();
            found.extend(asks.map(|import| blocker(format!("{}@{}", import.name, need.version))));
            if found.len() == before {
                found.push(blocker(need.version.to_owned()));
            }
        }
    }
    found.extend(
        unnamed
            .iter()
            .filter(|unnamed| unnamed.since > level.version)
            .map(|unnamed| blocker(format!("{} (glibc {})", unnamed.name, unnamed.since))),
    );
    for library in level.denied_libraries().filter(|library| !own(library)) {
        if file.needed.iter().any(|need| need.name == library) {
            let strong = file.imports.iter().filter(|import| !import.weak);
            let asked = strong.filter(|import| import.library.is_none_or(|named| named == library));
            let denied = asked.filter(|import| level.denies(library, import.name));
            found.extend(denied.map(|import| blocker(format!("{} of {library}", import.name))));
        }
    }
    found
}

/// The newest system that one of the files asks for. From macOS 11 on, tags name the first number only.
///
/// A wheel for both machines has a tag of 10.x where its half for x86-64 runs there: no arm64 system is older than 11.
fn macos(files: &[(&File<'_>, &[Resolution])]) -> Option<HonestLevel> {
    let newest = |arch: Arch| {
        let slices = files.iter().filter(move |(file, _)| file.arch == arch);
        slices.filter_map(|(file, _)| file.minimum_os).max()
    };
    let (intel, arm) = (newest(Arch::X86_64), newest(Arch::Aarch64));
    let (arch, oldest, machine) = match (intel, arm) {
        (Some(intel), Some(arm)) if arm.max(Dotted::new(11, 0)) <= intel.max(Dotted::new(11, 0)) => {
            (Arch::X86_64, intel, "universal2")
        }
        (Some(_), Some(arm)) => (Arch::Aarch64, arm, "universal2"),
        (Some(intel), None) => (Arch::X86_64, intel, "x86_64"),
        (None, arm) => (Arch::Aarch64, arm?, "arm64"),
    };
    let (major, minor) = oldest.major_minor();
    let minor = if major >= 11 { 0 } else { minor };
    let asking = files.iter().filter(|(file, _)| file.arch == arch && file.minimum_os == Some(oldest));
    let blockers = asking.map(|(file, _)| Blocker {
        level: "an older macOS".to_owned(),
        file: file.path.to_owned(),
        needs: format!("macOS {oldest}"),
    });
    Some(HonestLevel {
        tag: format!("macosx_{major}_{minor}_{machine}"),
        blockers: sorted(blockers.collect()),
    })
}

/// The newest glibc that the files ask for, whichever level that is: what PEP 600 lets a tag say exactly.
pub fn newest_glibc(files: &[File<'_>]) -> Option<Dotted> {
    let versions = files.iter().flat_map(|file| &file.versions).filter(|need| !need.weak);
    versions.filter_map(|need| glibc::version(need.version)).max()
}
