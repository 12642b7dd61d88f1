//! Builds with and without the GIL, which lay out every object differently.

use soabi_core::{AbiTag, CpythonAbi, Severity};

use super::rule;
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!(
    "free-threaded-mismatch",
    Error,
    "a module built for a Python without the GIL is tagged for one with it, or the reverse"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().flat_map(|object| [without_gil(object), with_gil(object)]).flatten().collect()
}

/// Whether only builds without the GIL export the name.
pub(super) fn is_free_threaded(import: &PythonImport) -> bool {
    import.is_exported_only_by(|abi| abi.free_threaded)
}

fn promised(object: &Object, belongs: impl Fn(CpythonAbi) -> bool) -> Vec<&AbiTag> {
    let pythons = object.promised.iter();
    pythons.filter(|abi| matches!(abi, AbiTag::Cpython(abi) if belongs(*abi))).collect()
}

/// Built without the GIL, promised to builds with it: such names are proof.
fn without_gil(object: &Object) -> Option<Hit> {
    let pythons = promised(object, |abi| !abi.free_threaded);
    let names = object.imports.iter().filter(|import| is_free_threaded(import)).map(|import| &import.name);
    let names: Vec<&String> = names.collect();
    let message = format!(
        "was built for a Python without the GIL, but claims {}: imports {}",
        span(&pythons, &object.promised),
        named(&names)
    );
    (!names.is_empty() && !pythons.is_empty()).then(|| {
        Hit::on(object, message)
            .evidence("symbols", names)
            .evidence("pythons", pythons)
            .help("rebuild with the headers of a Python with the GIL: Py_GIL_DISABLED must not be defined")
    })
}

/// Built with the GIL, promised to builds without it: `Py_DECREF` of one is inlined with `_Py_Dealloc`, of
/// the other with functions that only it has.
fn with_gil(object: &Object) -> Option<Hit> {
    let pythons = promised(object, |abi| abi.free_threaded);
    let imports = |name: &str| object.imports.iter().any(|import| import.name == name);
    let inlined = imports("_Py_Dealloc") && !object.imports.iter().any(is_free_threaded);
    (inlined && object.stable_claim().is_none() && !pythons.is_empty()).then(|| {
        let message = format!(
            "claims {}, but counts references as builds with the GIL do: imports `_Py_Dealloc` and \
             nothing that only builds without it export",
            span(&pythons, &object.promised)
        );
        Hit::on(object, message)
            .downgraded_to(Severity::Warning)
            .evidence("symbols", ["_Py_Dealloc"])
            .evidence("pythons", pythons)
            .help("rebuild with the headers of a free-threaded Python: Py_GIL_DISABLED must be defined")
    })
}
