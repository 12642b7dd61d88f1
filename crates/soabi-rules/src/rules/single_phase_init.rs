//! Modules that are created by their init function, not by the interpreter.

use soabi_definition::Phase;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{count, named};
use crate::world::World;

rule!("single-phase-init", Note, "modules use single-phase initialisation", on request);

/// One finding for a whole wheel: the modules of a toolkit are all alike.
fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let modules: Vec<&str> = subject
        .extensions()
        .filter(|object| is_single_phase(object))
        .map(|object| object.module(3))
        .collect();
    if modules.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "single-phase initialisation in {}: {}; isolated subinterpreters refuse it",
        count(modules.len(), "module"),
        named(&modules)
    );
    let hit = Hit::whole(message).evidence("modules", modules);
    vec![hit.help("return the definition from `PyInit_<name>` with `PyModuleDef_Init`, and fill the module in `Py_mod_exec` (PEP 489)")]
}

/// Whether its definition is one that `PyModule_Create` takes, and it is for a Python that has something better.
fn is_single_phase(object: &Object) -> bool {
    let definitions = object.reading.iter().flat_map(|reading| &reading.definitions);
    let mut of_python_3 = definitions.filter(|definition| definition.init.starts_with("PyInit")).peekable();
    of_python_3.peek().is_some() && of_python_3.all(|definition| definition.phase == Phase::Single)
}
