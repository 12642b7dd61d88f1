//! Whether what was found has what is imported: symbols, and their versions.
//!
//! A symbol is looked for as the dynamic linker does when Python opens a module at once (`RTLD_NOW`): in what the
//! process has, then in the module and in all that is loaded with it. Where one library of that scope is not known,
//! no symbol is missing for certain, and none is reported. Python's own names are judged elsewhere.

mod elf;
mod lookup;
mod macho;
mod pe;

use soabi_object::Format;

use self::lookup::Lookup;
use super::graph::Graph;
use super::input::{Context, Role};
use super::problem::{Problem, Resolution};

/// What is wrong with the imports of all files.
pub(super) fn problems(graph: &Graph<'_>, needs: &[Vec<Resolution>], context: &Context<'_>) -> Vec<Problem> {
    let mut lookup = Lookup::new(graph, needs, context);
    if !context.promise.has_tables() {
        return Vec::new();
    }
    let loadable = (0..graph.files.len()).filter(|&file| graph.files[file].role != Role::NotLoadable);
    loadable
        .flat_map(|file| match graph.files[file].format {
            Format::Elf => elf::problems(&mut lookup, file),
            Format::MachO => macho::problems(&mut lookup, file),
            Format::Pe => pe::problems(&mut lookup, file),
            Format::Wasm => Vec::new(),
        })
        .collect()
}
