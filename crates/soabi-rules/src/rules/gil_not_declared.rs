//! Modules for free-threaded builds that turn the GIL on when they are imported.

use soabi_core::{AbiTag, GilEffect};
use soabi_definition::Layout;

use super::{pymoduledef_under_abi3t, rule};
use crate::definitions::given_to;
use crate::hit::Hit;
use crate::object::Object;
use crate::runtime::gil;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "gil-not-declared",
    Warning,
    "a module for free-threaded Python does not declare that it runs without the GIL"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let has_the_layout = |object: &&Object| !pymoduledef_under_abi3t::is_without_hook(object);
    subject.extensions().filter(has_the_layout).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let is_free_threaded = |abi: &&AbiTag| matches!(abi, AbiTag::Cpython(abi) if abi.free_threaded);
    let pythons = object.promised.iter().filter(is_free_threaded);
    let pythons: Vec<&AbiTag> = pythons.filter(|abi| turns_the_gil_on(object, **abi)).collect();
    (!pythons.is_empty()).then(|| {
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

/// A module of single-phase initialisation declares it with `PyUnstable_Module_SetGIL`, any other with a slot.
fn turns_the_gil_on(object: &Object, abi: AbiTag) -> bool {
    let imports = |name: &str| object.imports.iter().any(|import| import.name == name);
    if imports("PyUnstable_Module_SetGIL") {
        return false;
    }
    let definitions = given_to(object, abi);
    if definitions.is_empty() {
        return imports("PyModule_Create2") && !imports("PyModuleDef_Init");
    }
    // A definition that a free-threaded build cannot read is another rule's.
    gil(object, abi) == Some(GilEffect::TurnedOn)
        && definitions.iter().all(|definition| definition.layout != Some(Layout::Gil))
}
