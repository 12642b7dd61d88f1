//! Modules for abi3t that are made by `PyInit_` alone, with a `PyModuleDef` of one kind of build.

use soabi_core::{AbiTag, InitKind, Severity};
use soabi_definition::{Definition, Layout};

use super::rule;
use crate::definitions::given_to;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "pymoduledef-under-abi3t",
    Error,
    "a file for abi3t has a PyModuleDef, which fits one kind of build only"
);

/// Whether the file claims abi3t and has no export hook, which alone serves both kinds of build (PEP 793, PEP 803).
pub(super) fn is_without_hook(object: &Object) -> bool {
    let claimed = object.claims.iter().any(|claim| claim.abi == AbiTag::Abi3t);
    let modern =
        object.init.iter().any(|init| matches!(init.kind, InitKind::PyModExport | InitKind::PyModExportU));
    claimed && !modern && !object.init.is_empty()
}

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter(|object| is_without_hook(object)).map(hit).collect()
}

fn hit(object: &Object) -> Hit {
    let pythons: Vec<&AbiTag> = object.promised.iter().filter(|abi| is_other(object, **abi)).collect();
    let (message, severity) = if pythons.is_empty() {
        let message = "claims abi3t, and is made by `PyInit_` alone: PyModuleDef is opaque in abi3t, and laid out \
                       differently with and without the GIL";
        (message.to_owned(), Severity::Warning)
    } else {
        let pythons = span(&pythons, &object.promised);
        let message =
            format!("claims abi3t, and its PyModuleDef is laid out for other builds than {pythons}");
        (message, Severity::Error)
    };
    Hit::on(object, message)
        .downgraded_to(severity)
        .evidence("symbols", &object.init)
        .evidence("pythons", pythons)
        .help("export `PyModExport_<name>` (PEP 793) for abi3t; it may stand beside `PyInit_<name>`")
}

/// Whether the definition that `abi` is given is laid out for the other kind of build.
fn is_other(object: &Object, abi: AbiTag) -> bool {
    let AbiTag::Cpython(python) = abi else { return false };
    let other = if python.free_threaded { Layout::Gil } else { Layout::FreeThreaded };
    let definitions = given_to(object, abi);
    !definitions.is_empty()
        && definitions.into_iter().all(|definition: &Definition| definition.layout == Some(other))
}
