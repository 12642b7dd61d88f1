//! Modules of multi-phase initialisation that subinterpreters with a GIL of their own refuse.

use soabi_core::{AbiTag, SubinterpreterEffect};
use soabi_definition::Phase;

use super::rule;
use crate::definitions::given_to;
use crate::hit::Hit;
use crate::object::Object;
use crate::runtime::subinterpreters;
use crate::subject::Subject;
use crate::words::{count, named};
use crate::world::World;

rule!(
    "no-subinterpreter-support",
    Note,
    "modules are refused by subinterpreters with a GIL of their own",
    on request
);

/// One finding for a whole wheel: the modules of a toolkit are all alike.
fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let modules: Vec<&str> =
        subject.extensions().filter(|object| is_refused(object)).map(|object| object.module(3)).collect();
    if modules.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "{} without `Py_mod_multiple_interpreters` for a GIL of their own: {}",
        count(modules.len(), "module"),
        named(&modules)
    );
    let hit = Hit::whole(message).evidence("modules", modules);
    vec![hit.help(
        "once the module has no state of the process, add the slot {Py_mod_multiple_interpreters, \
         Py_MOD_PER_INTERPRETER_GIL_SUPPORTED} where the headers are of 3.12 or later (PEP 684)",
    )]
}

fn is_refused(object: &Object) -> bool {
    let refuses = |abi: &AbiTag| {
        matches!(
            subinterpreters(object, *abi),
            Some(SubinterpreterEffect::Shared | SubinterpreterEffect::Refused)
        ) && given_to(object, *abi).iter().all(|definition| definition.phase != Phase::Single)
    };
    object.promised.iter().any(refuses)
}
