//! Names that only `Py_DEBUG` builds export, imported by a module that is promised to release builds.

use soabi_core::AbiTag;

use super::rule;
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("debug-abi-import", Error, "a module built for a debug Python is tagged for release builds");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

/// Whether only debug builds export the name.
pub(super) fn is_of_debug_builds(import: &PythonImport) -> bool {
    import.is_exported_only_by(|abi| abi.debug)
}

fn hit(object: &Object) -> Option<Hit> {
    let pythons = object.promised.iter().filter(|abi| matches!(abi, AbiTag::Cpython(abi) if !abi.debug));
    let pythons: Vec<&AbiTag> = pythons.collect();
    let names = object.imports.iter().filter(|import| is_of_debug_builds(import)).map(|import| &import.name);
    let names: Vec<&String> = names.collect();
    let message = format!(
        "imports {}, which only debug builds export, but claims {}",
        named(&names),
        span(&pythons, &object.promised)
    );
    (!names.is_empty() && !pythons.is_empty()).then(|| {
        Hit::on(object, message)
            .evidence("symbols", names)
            .evidence("pythons", pythons)
            .help("build without Py_DEBUG and Py_REF_DEBUG: with the headers of a release Python")
    })
}
