//! Windows: the Python DLL that a module names against the interpreters that it is promised to.

use soabi_core::{AbiTag, CpythonAbi};
use soabi_object::Format;

use super::rule;
use crate::claims::FIRST_ABI3T;
use crate::hit::Hit;
use crate::import::is_python_library;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "wrong-python-dll",
    Error,
    "a Windows module asks for a Python DLL that a promised interpreter does not bring"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter(|object| object.facts.format == Format::Pe).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let dlls = object.facts.needed.iter().map(|needed| needed.name.to_ascii_lowercase());
    let dlls: Vec<String> = dlls.filter(|dll| is_python_library(dll)).collect();
    let lacks = |abi: &AbiTag, dll: &str| matches!(abi, AbiTag::Cpython(abi) if !brings(*abi, dll));
    let (dll, pythons) = dlls.iter().find_map(|dll| {
        let without: Vec<&AbiTag> = object.promised.iter().filter(|abi| lacks(abi, dll)).collect();
        (!without.is_empty()).then_some((dll, without))
    })?;
    let message = format!("asks for `{dll}`, absent from {}", span(&pythons, &object.promised));
    Some(Hit::on(object, message).evidence("libraries", &dlls).evidence("pythons", pythons).help(
        "abi3 modules link python3.lib, abi3t modules python3t.lib, all others pythonXY.lib; `pyconfig.h` \
         chooses by \
         Py_LIMITED_API, if that is defined for every source",
    ))
}

/// Whether an interpreter brings the DLL: its own; `python3.dll`, whose functions forward to it; and
/// `python3t.dll`, which builds with the GIL have from 3.15 on (gh-148690).
fn brings(abi: CpythonAbi, dll: &str) -> bool {
    let threads = if abi.free_threaded { "t" } else { "" };
    let debug = if abi.debug { "_d" } else { "" };
    match dll {
        "python3.dll" => abi.version.major == 3 && !abi.debug,
        "python3t.dll" => (abi.free_threaded || abi.version >= FIRST_ABI3T) && !abi.debug,
        own => own == format!("python{}{threads}{debug}.dll", abi.version.compact()),
    }
}
