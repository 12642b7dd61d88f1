//! PE: every import names its library. The exports of Windows' own are not known.

use super::lookup::{ByLibrary, Lookup};
use crate::resolve::problem::{Problem, Resolution};

/// What is wrong with the imports of a file.
pub(super) fn problems(lookup: &mut Lookup<'_, '_>, file: usize) -> Vec<Problem> {
    let graph = lookup.graph;
    let mut absent = ByLibrary::new();
    for import in &graph.files[file].imports {
        let Some(library) = import.library else { continue };
        if let Some(&Resolution::Member(member)) = lookup.resolution(file, library)
            && !lookup.exported_by(member, import.name)
        {
            absent.entry(library.to_owned()).or_default().push(import.name.to_owned());
        }
    }
    absent
        .into_iter()
        .filter_map(|(library, symbols)| lookup.undefined(file, symbols, Some(library)))
        .collect()
}
