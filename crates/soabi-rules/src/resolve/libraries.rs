//! The needed libraries of each file: where each comes from, and what is wrong where it comes from nowhere.

use soabi_object::{Format, Strength};

use super::graph::Graph;
use super::input::{Context, File, Role};
use super::outside::outside;
use super::place::Place;
use super::problem::{Certainty, Outside, Problem, ProblemKind, Resolution};
use super::sources::Sources;
use crate::import::is_python_library;
use crate::platform::Libc;
use crate::tables::system::{Level, Policies, android, libsystem, windows};

/// The first Python whose installer brings `vcruntime140_1.dll`.
const FIRST_WITH_VCRUNTIME_1: (u16, u16) = (3, 8);

/// Where each need of each file is met.
pub(super) fn resolve(graph: &Graph<'_>, context: &Context<'_>) -> Vec<Vec<Resolution>> {
    let of_file = |(index, file): (usize, &File<'_>)| {
        let needs = file.needed.iter().enumerate();
        needs.map(|(need, wanted)| one(graph, index, need, wanted.name, context)).collect()
    };
    graph.files.iter().enumerate().map(of_file).collect()
}

fn one(graph: &Graph<'_>, index: usize, need: usize, name: &str, context: &Context<'_>) -> Resolution {
    if let Some(member) = graph.found[index][need] {
        return Resolution::Member(member);
    }
    let file = &graph.files[index];
    // Some tools let a library need itself, which is there when it looks.
    if file.soname == Some(name) || (file.format == Format::Elf && file.file_name() == name) {
        return Resolution::Member(index);
    }
    if is_python_library(name) {
        return Resolution::Interpreter;
    }
    let promised = match file.format {
        Format::Elf if context.promise.libc == Some(Libc::Bionic) => {
            if android::is_of_python(name) {
                return Resolution::Interpreter;
            }
            let api = context.promise.version.map_or(0, |version| version.major_minor().0);
            android::is_public(name, api)
        }
        Format::Elf => level(file, context).is_some_and(|level| level.allows(name)),
        Format::MachO => libsystem::is_system(name),
        // Emscripten loads the libraries of side modules from its own file system: no table knows them.
        Format::Wasm => true,
        Format::Pe => match windows::dll(name) {
            _ if is_brought_by_python(name, context) => return Resolution::Interpreter,
            kind => kind == windows::Dll::Windows,
        },
    };
    if promised {
        return Resolution::Platform;
    }
    let named = graph.named(index, name);
    // On Windows a package adds the folders of its libraries by code; where it does, they are found.
    let opens = |sources: &Sources| sources.loads.is_some() || sources.global.is_some();
    let adds = |sources: &Sources| sources.folders.is_some() || opens(sources);
    if let Some(&member) =
        named.first().filter(|_| file.format == Format::Pe && context.sources.is_some_and(adds))
    {
        return Resolution::Member(member);
    }
    // Elsewhere, and without such code, the library has to be loaded already: by another module, or by code.
    if let Some(&member) = named.iter().find(|&&member| graph.loaded[member]) {
        return Resolution::MemberIfLoaded(member);
    }
    if let Some(&member) = named.first().filter(|_| context.sources.is_none_or(opens)) {
        return Resolution::MemberIfLoaded(member);
    }
    if !context.promise.has_tables() {
        return Resolution::Outside(Outside::NotInTables);
    }
    match outside(graph, index, name, context) {
        // The copy in the wheel is the one that was meant, and the search path misses it.
        Some(Outside::Sibling(_) | Outside::PrefixFolder(_)) if !named.is_empty() => {
            Resolution::Absent { nearest: named.first().copied() }
        }
        Some(outside) => Resolution::Outside(outside),
        None if file.format == Format::Elf && context.promise.libc.is_none() => {
            Resolution::Outside(Outside::NoPromise)
        }
        None => Resolution::Absent { nearest: graph.nearest(index, name) },
    }
}

/// Whether the oldest promised Python has loaded a runtime of Microsoft's: the one that it is built with.
///
/// 2.6 to 3.2 are built with Visual C++ 2008, 3.3 and 3.4 with 2010, and all later ones with the runtime whose version
/// has stayed 14 since 2015; its second part came with 3.8.
fn is_brought_by_python(name: &str, context: &Context<'_>) -> bool {
    let name = name.to_ascii_lowercase();
    let python = context.oldest_python;
    match name.as_str() {
        "msvcr90.dll" => python.is_some_and(|python| python < (3, 3)),
        "msvcr100.dll" => python.is_some_and(|python| ((3, 3)..(3, 5)).contains(&python)),
        "vcruntime140.dll" => python.is_none_or(|python| python >= (3, 5)),
        "vcruntime140_1.dll" => python.is_none_or(|python| python >= FIRST_WITH_VCRUNTIME_1),
        _ => false,
    }
}

/// The level that the tags promise, or for a file without a promise the newest of its C library.
pub(super) fn level(file: &File<'_>, context: &Context<'_>) -> Option<&'static Level> {
    let policies = Policies::get();
    if let (Some(libc), Some(version)) = (context.promise.libc, context.promise.version) {
        return policies.promised(libc, file.arch, version);
    }
    let musl = file.needed.iter().any(|need| need.name.starts_with("libc.musl-"));
    policies.levels(if musl { Libc::Musl } else { Libc::Gnu }, file.arch).last()
}

/// What is wrong with the needs.
pub(super) fn problems(
    graph: &Graph<'_>,
    resolutions: &[Vec<Resolution>],
    context: &Context<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, file) in graph.files.iter().enumerate().filter(|(_, file)| file.role != Role::NotLoadable) {
        for (need, resolution) in file.needed.iter().zip(&resolutions[index]) {
            let Some((kind, certainty)) = judge(graph, index, need.name, resolution, context) else {
                continue;
            };
            let certainty = match need.strength {
                Strength::Weak => continue,
                // A function of the library may never be called.
                Strength::Delayed => Certainty::Harmless,
                Strength::Required => certainty,
            };
            problems.push(Problem {
                kind,
                file: index,
                library: Some(need.name.to_owned()),
                symbols: Vec::new(),
                searched: searched(graph, index, need.name),
                certainty,
                delayed: need.strength == Strength::Delayed,
            });
        }
    }
    problems
}

fn judge(
    graph: &Graph<'_>,
    index: usize,
    name: &str,
    resolution: &Resolution,
    context: &Context<'_>,
) -> Option<(ProblemKind, Certainty)> {
    let file = &graph.files[index];
    let certain = certainty_of(graph, index, context);
    let missing = |certainty| Some((ProblemKind::MissingLibrary(resolution.clone()), certainty));
    match resolution {
        Resolution::Member(_) | Resolution::Interpreter | Resolution::Platform => None,
        Resolution::MemberIfLoaded(_) => missing(Certainty::Harmless),
        Resolution::Outside(_) | Resolution::Absent { .. } if file.format == Format::Pe => {
            match windows::dll(name) {
                windows::Dll::Debug => Some((ProblemKind::DebugRuntime, certain)),
                windows::Dll::Redistributable | windows::Dll::Python => {
                    Some((ProblemKind::Redistributable, Certainty::Possible.min(certain)))
                }
                _ => missing(outside_certainty(resolution, certain)),
            }
        }
        Resolution::Outside(_) | Resolution::Absent { .. } => missing(outside_certainty(resolution, certain)),
    }
}

fn outside_certainty(resolution: &Resolution, certain: Certainty) -> Certainty {
    match resolution {
        Resolution::Outside(outside) if outside.is_known_way() => Certainty::Harmless,
        Resolution::Outside(_) => Certainty::Possible.min(certain),
        _ => certain,
    }
}

/// How sure a refusal of the file is: a file that no extension module loads may never be loaded.
pub(super) fn certainty_of(graph: &Graph<'_>, index: usize, context: &Context<'_>) -> Certainty {
    let named =
        || context.sources.is_some_and(|sources| sources.names_library(graph.files[index].file_name()));
    match graph.loaded[index] {
        true => Certainty::Certain,
        false if graph.files[index].role == Role::Program || named() => Certainty::Possible,
        false => Certainty::Harmless,
    }
}

/// Where a library was looked for, in order.
fn searched(graph: &Graph<'_>, index: usize, name: &str) -> Vec<String> {
    let file = &graph.files[index];
    let word = |place: Place| match place {
        Place::Prefix(folder) => {
            super::place::below_site(&folder).map_or(format!("<prefix>/{folder}"), str::to_owned)
        }
        Place::Absolute(folder) | Place::Unknown(folder) => folder,
    };
    let mut searched: Vec<String> = match file.format {
        Format::Pe => vec!["the module's folder".to_owned(), "the folders that Python code adds".to_owned()],
        Format::MachO if !name.starts_with("@rpath/") => vec![name.to_owned()],
        _ => graph.all_folders(index).into_iter().map(word).collect(),
    };
    searched.dedup();
    searched
}
