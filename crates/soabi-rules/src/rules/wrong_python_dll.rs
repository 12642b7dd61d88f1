//! Windows: the Python DLL that a module names against the interpreters that it is promised to.

use soabi_core::AbiTag;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "wrong-python-dll",
    Error,
    "a Windows module needs a Python DLL that a promised interpreter does not have"
);

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    subject.extensions().filter_map(|object| hit(object, world)).collect()
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let dlls = &object.python_dlls;
    let (dll, pythons) = dlls.iter().find_map(|dll| {
        let lacks = |abi: &&AbiTag| !world.python(object, **abi).has_dll(dll);
        let without: Vec<&AbiTag> = object.promised.iter().filter(lacks).collect();
        (!without.is_empty()).then_some((dll, without))
    })?;
    let of_a_library = !object.own_python_dlls().any(|own| own == *dll);
    let needs = if of_a_library { "loads a library of the wheel that needs" } else { "needs" };
    let message = format!("{needs} `{dll}`, absent from {}", span(&pythons, &object.promised));
    Some(Hit::on(object, message).evidence("libraries", dlls).evidence("pythons", pythons).help(
        "abi3 modules link python3.lib, abi3t modules python3t.lib, all others pythonXY.lib; `pyconfig.h` chooses by \
         Py_LIMITED_API, if that is defined for every source",
    ))
}
