//! Modules for free-threaded builds that turn the GIL on when they are imported.

use soabi_core::AbiTag;

use super::{free_threaded_mismatch, rule};
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "gil-not-declared",
    Warning,
    "a module for free-threaded Python does not declare that it runs without the GIL"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let has_the_layout = |object: &&Object| !free_threaded_mismatch::is_abi3t_by_name_only(object);
    subject.extensions().filter(has_the_layout).filter_map(hit).collect()
}

/// A module of single-phase initialisation declares it with `PyUnstable_Module_SetGIL`, and in no other way.
fn hit(object: &Object) -> Option<Hit> {
    let imports = |name: &str| object.imports.iter().any(|import| import.name == name);
    let is_free_threaded = |abi: &&AbiTag| matches!(abi, AbiTag::Cpython(abi) if abi.free_threaded);
    let pythons: Vec<&AbiTag> = object.promised.iter().filter(is_free_threaded).collect();
    let single_phase = imports("PyModule_Create2") && !imports("PyModuleDef_Init");
    (!pythons.is_empty() && single_phase && !imports("PyUnstable_Module_SetGIL")).then(|| {
        let message = format!(
            "is imported by {} with a RuntimeWarning, and turns the GIL on for the whole process",
            span(&pythons, &object.promised)
        );
        Hit::on(object, message).evidence("pythons", pythons).help(
            "call `PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED)` once the module is thread-safe, or use \
             multi-phase initialisation with the slot `Py_mod_gil`",
        )
    })
}
