//! Captures: a file's own functions that the dynamic linker takes from an interpreter instead, because it exports the name
//! as well. Whether that is a defect is decided in `rules/symbol_capture.rs`.

use soabi_core::AbiTag;

use crate::object::Object;
use crate::python::{Exports, Python};
use crate::tables::{ExportTable, Exported};
use crate::world::World;

/// The object's own functions that interpreters among `pythons` capture. The names that the same interpreters export
/// stand together.
pub(crate) fn captured<'a>(
    object: &'a Object,
    world: &World,
    pythons: &[AbiTag],
) -> Vec<(Vec<AbiTag>, Vec<&'a str>)> {
    let pythons: Vec<Python> = pythons.iter().map(|abi| world.python(object, *abi)).collect();
    let mut groups: Vec<(Vec<AbiTag>, Vec<&str>)> = Vec::new();
    for export in object.facts.captured() {
        let exporting = exporting(&pythons, &export.name);
        match groups.iter_mut().find(|(known, _)| *known == exporting) {
            Some((_, names)) => names.push(&export.name),
            None if exporting.is_empty() => {}
            None => groups.push((exporting, vec![&export.name])),
        }
    }
    groups
}

/// The ABIs of those among `pythons` that export `name`, in some of their patch releases at least.
fn exporting(pythons: &[Python], name: &str) -> Vec<AbiTag> {
    let symbol = ExportTable::get().symbol(name);
    let exports = |python: &&Python| match &python.exports {
        Exports::Given(names) => names.contains(name),
        Exports::Table { columns, .. } => {
            symbol.is_some_and(|symbol| symbol.exported_by.according_to(*columns) != Exported::No)
        }
    };
    pythons.iter().filter(exports).map(|python| python.abi).collect()
}
