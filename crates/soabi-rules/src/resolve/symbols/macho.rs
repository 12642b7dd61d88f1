//! Mach-O: most imports name their library (two-level namespace); the others are looked for in every image.

use super::lookup::{ByLibrary, Lookup, problem};
use crate::resolve::problem::{Certainty, Problem, ProblemKind, Resolution};
use crate::tables::system::libsystem::{self, LIBSYSTEM};

/// What is wrong with the imports of a file.
pub(super) fn problems(lookup: &mut Lookup<'_, '_>, file: usize) -> Vec<Problem> {
    let graph = lookup.graph;
    let arch = graph.files[file].arch;
    let scope = lookup.scope(file, |name, _| name == LIBSYSTEM);
    let mut absent: ByLibrary = ByLibrary::new();
    let mut nowhere = Vec::new();
    for import in graph.files[file].imports.iter().filter(|import| !import.weak && !import.of_program) {
        if let Some(library) = import.library {
            let found = match lookup.resolution(file, library) {
                Some(&Resolution::Member(member)) => {
                    lookup.exported_by(member, import.name) || may_reexport(lookup, member)
                }
                Some(Resolution::Platform) if library == LIBSYSTEM => libsystem::exports(import.name, arch),
                _ => true,
            };
            if !found {
                absent.entry(library.to_owned()).or_default().push(import.name.to_owned());
            }
        } else if !scope.open
            && !lookup.is_python_name(import.name)
            && !lookup.in_members(&scope, import.name)
            && !libsystem::exports(import.name, arch)
        {
            nowhere.push(import.name.to_owned());
        }
    }
    let mut problems: Vec<Problem> = Vec::new();
    for (library, symbols) in absent {
        if library == LIBSYSTEM {
            // The list is that of one release: an older one may have had the name.
            let certainty = Certainty::Possible.min(lookup.certainty(file));
            let kind = ProblemKind::UndefinedSymbol;
            problems.push(Problem { library: Some(library), symbols, ..problem(kind, file, certainty) });
        } else {
            problems.extend(lookup.undefined(file, symbols, Some(library)));
        }
    }
    problems.extend(lookup.undefined(file, nowhere, None));
    problems
}

/// Whether a library may pass on the symbols of another one: it needs one that is not the system's.
fn may_reexport(lookup: &Lookup<'_, '_>, member: usize) -> bool {
    lookup.needs[member].iter().any(|resolution| !matches!(resolution, Resolution::Platform))
}
