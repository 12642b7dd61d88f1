//! The libraries of a subject: what the resolver finds for its files, as predictions and rules use it.
//!
//! The resolver works on borrowed views of the facts and is run once, when a subject is put together; and once more
//! where only the symbols show that its result depends on what the Python sources import and load.

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::AbiTag;

use crate::import::{PythonImport, is_python_name};
use crate::object::Object;
use crate::platform::PlatformTag;
use crate::refusal::Refusal;
use crate::resolve::{
    Context, File, HonestLevel, Problem, ProblemKind, Promise, Resolution, Resolved, Sources, honest_level,
    resolve, want_sources,
};
use crate::wheel_facts::WheelFacts;
use crate::words::named;

/// What the resolver found for the files of a subject.
#[derive(Clone, Debug, Default)]
pub struct Libraries {
    /// Where each needed library comes from, and what is missing. The indices are those of the subject's objects.
    pub resolved: Resolved,
    /// The lowest level of manylinux, musllinux or macOS that is true. `None` where there are no levels.
    pub level: Option<HonestLevel>,
}

impl Libraries {
    pub(crate) fn of(wheel: Option<&WheelFacts>, objects: &[Object], sources: Option<&Sources>) -> Self {
        with_context(wheel, objects, sources, |files, context| {
            let resolved = resolve(files, context);
            // Files that lie in a folder together may be for several platforms.
            let is_one = wheel.is_some() || objects.len() == 1;
            let level = if is_one { honest_level(files, &resolved.needs, context) } else { None };
            Self { resolved, level }
        })
    }

    /// Whether a needed library is one of which the Python sources may tell more. Symbols are not looked at.
    pub(crate) fn want_sources(wheel: Option<&WheelFacts>, objects: &[Object]) -> bool {
        with_context(wheel, objects, None, want_sources)
    }

    /// Why a promised system refuses the object at `index`: for its own headers, for those of what it loads, and for
    /// what is missing; in the order of the gates.
    pub(crate) fn refusals(&self, index: usize, objects: &[Object]) -> Vec<Refusal> {
        let headers = self.resolved.closures[index].iter().filter_map(|&file| {
            let Refusal { gate, why } = objects[file].unloadable()?;
            Some(Refusal { gate, why: from(index, file, why, objects) })
        });
        let missing = self.resolved.refusals(index).filter_map(|problem| {
            let why = from(index, problem.file, in_words(problem, objects), objects);
            problem.gate().map(|gate| Refusal { gate, why })
        });
        let mut refusals: Vec<Refusal> = headers.chain(missing).collect();
        refusals.sort_by_key(|refusal| refusal.gate);
        refusals
    }

    /// Why it is not known whether a promised system loads the object at `index`.
    pub(crate) fn doubts(&self, index: usize, objects: &[Object]) -> Vec<String> {
        let mut doubts: Vec<&Problem> =
            self.resolved.problems_of(index).filter(|problem| problem.is_doubt()).collect();
        // What is most likely to go wrong comes first.
        doubts.sort_by_key(|problem| std::cmp::Reverse(problem.certainty));
        doubts
            .into_iter()
            .map(|problem| from(index, problem.file, in_words(problem, objects), objects))
            .collect()
    }

    /// The Python DLLs that the object at `index` and the libraries that it loads need.
    pub(crate) fn python_dlls(&self, index: usize, objects: &[Object]) -> Vec<String> {
        let needed = self.resolved.closures[index].iter().flat_map(|&file| objects[file].own_python_dlls());
        let mut dlls: Vec<String> = needed.collect();
        let mut seen = BTreeSet::new();
        dlls.retain(|dll| seen.insert(dll.clone()));
        dlls
    }

    /// The Python imports of the libraries that the object at `index` loads with it, without its own.
    pub(crate) fn bundled_imports(&self, index: usize, objects: &[Object]) -> Vec<PythonImport> {
        let others = self.resolved.closures[index].iter().filter(|other| **other != index);
        let imports = others.flat_map(|other| &objects[*other].imports);
        let own: BTreeSet<&str> = objects[index].imports.iter().map(|import| import.name.as_str()).collect();
        let by_name: BTreeMap<&str, &PythonImport> = imports
            .map(|import| (import.name.as_str(), import))
            .filter(|(name, _)| !own.contains(name))
            .collect();
        by_name.into_values().cloned().collect()
    }
}

/// Calls `ask` with the objects as the resolver sees them.
fn with_context<T>(
    wheel: Option<&WheelFacts>,
    objects: &[Object],
    sources: Option<&Sources>,
    ask: impl FnOnce(&[File<'_>], &Context<'_>) -> T,
) -> T {
    let path = |object: &'_ Object| object.member.as_deref().unwrap_or(&object.file_name).to_owned();
    let paths: Vec<String> = objects.iter().map(path).collect();
    let files: Vec<File<'_>> = objects
        .iter()
        .zip(&paths)
        .map(|(object, path)| File::of(path, &object.facts, object.extension))
        .collect();
    let platforms = wheel.map(|wheel| wheel.name.platforms.as_slice()).unwrap_or_default();
    let tags: Vec<PlatformTag<'_>> = platforms.iter().map(|tag| PlatformTag::parse(tag)).collect();
    let requires = wheel.and_then(|wheel| wheel.metadata.as_ref());
    let requires: Vec<String> = requires
        .map(|metadata| metadata.requires_dist.iter().map(|requirement| distribution(requirement)).collect())
        .unwrap_or_default();
    let context = Context {
        promise: Promise::of(&tags),
        oldest_python: oldest_python(objects),
        distribution: wheel.map(|wheel| wheel.name.name.as_str()),
        sources,
        requires: &requires,
        whole: wheel.is_some(),
        is_python_name: &is_python_name,
    };
    ask(&files, &context)
}

/// The distribution that a requirement names: `numpy` of `numpy>=1.20; python_version < "3.12"` (PEP 508).
fn distribution(requirement: &str) -> String {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    requirement.chars().take_while(|c| is_of_a_name(*c)).collect()
}

/// The oldest CPython that the files are promised to.
fn oldest_python(objects: &[Object]) -> Option<(u16, u16)> {
    let versions = objects.iter().flat_map(|object| &object.promised).filter_map(|abi| match abi {
        AbiTag::Cpython(abi) => Some(abi.version),
        _ => None,
    });
    versions.min().map(|version| (version.major.into(), version.minor.into()))
}

/// What is wrong with `file` as a fragment behind the name of the object at `index`, which is that file or loads it.
fn from(index: usize, file: usize, why: String, objects: &[Object]) -> String {
    if file == index { why } else { format!("`{}`, which it loads, {why}", objects[file].file_name) }
}

/// A problem as a fragment behind the name of its file: ``needs `libeggs.so.7`, which ...``.
pub(crate) fn in_words(problem: &Problem, objects: &[Object]) -> String {
    let library = problem.library.as_deref().unwrap_or("its libraries");
    let symbols = named(&problem.symbols);
    match &problem.kind {
        ProblemKind::MissingLibrary(resolution) => missing_library(problem, library, resolution, objects),
        ProblemKind::DebugRuntime => {
            format!("needs `{library}`, a debug runtime that only Visual Studio installs")
        }
        ProblemKind::Redistributable => format!(
            "needs `{library}`, a part of Microsoft's redistributable that neither Windows nor Python has"
        ),
        ProblemKind::UndefinedSymbol => {
            format!("imports {symbols}, which none of the libraries that it loads exports")
        }
        ProblemKind::UndefinedVersion => {
            format!("imports {symbols}, a version that `{library}` does not have")
        }
        ProblemKind::GlibcPrivate => {
            format!("imports {symbols}: GLIBC_PRIVATE is internal to one build of glibc")
        }
        ProblemKind::GlibcTooNew { needed, promised } => {
            format!("needs glibc {needed}, and the wheel promises {promised}")
        }
        ProblemKind::LibstdcxxTooNew { needed, allowed, unversioned } => {
            let allowed = allowed
                .as_ref()
                .map(|allowed| {
                    format!(
                        ", newer than GLIBCXX_{allowed}, the newest that the \
                                                                 platform tag allows"
                    )
                })
                .unwrap_or_default();
            let how = if *unversioned { " without naming it" } else { "" };
            format!("needs {needed} of the system's libstdc++{how}{allowed}")
        }
        ProblemKind::RuntimeTooNew { needed } => {
            format!("needs {needed} of `{library}`, newer than the platform tag allows")
        }
        ProblemKind::NotInMusl => format!("imports {symbols}, which musl does not have"),
        ProblemKind::MuslTooNew { needed, promised } => {
            format!("needs musl {needed}, and the wheel promises {promised}: imports {symbols}")
        }
    }
}

fn missing_library(problem: &Problem, library: &str, resolution: &Resolution, objects: &[Object]) -> String {
    use crate::resolve::Outside;
    let searched = match &problem.searched[..] {
        [] => "no search path leads to it".to_owned(),
        searched => format!("searched: {}", searched.join(", ")),
    };
    match resolution {
        Resolution::Absent { nearest: Some(copy) } => {
            let object = &objects[*copy];
            let copy = object.member.as_deref().unwrap_or(&object.file_name);
            format!(
                "needs `{library}`, which is not there under that name; the wheel has `{copy}` ({searched})"
            )
        }
        Resolution::Outside(Outside::Import(package)) => {
            format!("expects `{library}` to be loaded by `import {package}`")
        }
        Resolution::Outside(Outside::Package(package)) => {
            format!("needs `{library}`, which `{package}` has; the wheel neither imports nor requires it")
        }
        Resolution::Outside(Outside::Sibling(folder)) => {
            format!("expects `{library}` in another distribution's folder, `{folder}`")
        }
        Resolution::Outside(Outside::PrefixFolder(folder)) => {
            format!("expects `{library}` in `<prefix>/{folder}`, where another wheel may install it")
        }
        Resolution::Outside(Outside::Code { file, name }) => {
            format!("needs `{library}`, which the Python code may load (`{name}` in `{file}`)")
        }
        Resolution::Outside(Outside::System) => {
            format!("expects `{library}` to be installed with the system")
        }
        Resolution::Outside(Outside::Folder(folder)) => {
            format!("needs `{library}` in `{folder}`, a folder of the machine that built it")
        }
        Resolution::Outside(Outside::Variant(other)) => {
            format!("needs `{library}`; `{other}` is the same for another version of it")
        }
        Resolution::Outside(Outside::SomePackage(packages)) => {
            let packages: Vec<&String> = packages.iter().collect();
            format!(
                "needs `{library}`, which a package that it imports may have loaded: {}",
                named(&packages)
            )
        }
        Resolution::Outside(Outside::NotInTables) => format!(
            "needs `{library}`, which is neither in the wheel nor among the system's libraries that soabi knows"
        ),
        Resolution::Outside(Outside::NotRead | Outside::NoPromise) => {
            format!("needs `{library}`, which is not among the files that were looked at")
        }
        Resolution::MemberIfLoaded(copy) => {
            let object = &objects[*copy];
            let copy = object.member.as_deref().unwrap_or(&object.file_name);
            format!("needs `{library}`; the wheel has `{copy}`, which no search path leads to")
        }
        _ => format!(
            "needs `{library}`, which is neither in the wheel nor on the promised system ({searched})"
        ),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("numpy>=1.20; python_version < '3.12'", "numpy")]
    #[case("attrs", "attrs")]
    #[case("requests[socks] (>=2)", "requests")]
    #[case("zope.interface ~=5.0", "zope.interface")]
    fn distributions(#[case] requirement: &str, #[case] name: &str) {
        assert_eq!(super::distribution(requirement), name);
    }
}
