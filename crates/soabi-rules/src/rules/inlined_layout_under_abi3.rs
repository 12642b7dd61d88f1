//! Code under a stable ABI tag that reads the insides of objects.

use soabi_core::{AbiTag, PyVersion, Severity};
use soabi_definition::InlinedAccess;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("inlined-layout-under-abi3", Error, "a file that claims the stable ABI reads the inside of an object");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let claim = object.stable_claim()?;
    let accesses = &object.reading.as_ref()?.inlined;
    let first = accesses.first()?;
    let moved: Vec<&InlinedAccess> =
        accesses.iter().filter(|access| has_moved(access.type_name, &object.promised)).collect();
    let types: std::collections::BTreeSet<&str> = accesses.iter().map(|access| access.type_name).collect();
    let types: Vec<&str> = types.into_iter().collect();
    let (severity, what) = match moved.first() {
        Some(access) => {
            (Severity::Error, format!("; the layout of `{}` differs between them", access.type_name))
        }
        None => (Severity::Warning, "; no layout of these is known to differ between them".to_owned()),
    };
    let at = moved.first().map_or(first.address, |access| access.address);
    let message = format!(
        "claims {} for several Pythons, and its code reads inside {} objects, at {at:#x}{what}",
        claim.abi,
        named(&types)
    );
    let all = accesses
        .iter()
        .map(|access| format!("{:#x}: {} at byte {:#x}", access.address, access.type_name, access.offset));
    Some(Hit::on(object, message).downgraded_to(severity).evidence("accesses", all).help(
        "define Py_LIMITED_API before every `#include <Python.h>`: the macros that read inside an object become \
         functions then, or do not compile",
    ))
}

/// Whether a type is laid out differently by two of the interpreters `pythons`: all objects by builds with and without
/// the GIL, tuples from 3.14 on, strings and integers from 3.12 on.
fn has_moved(type_name: &str, pythons: &[AbiTag]) -> bool {
    let pythons = || {
        pythons.iter().filter_map(|abi| match abi {
            AbiTag::Cpython(abi) => Some(abi),
            _ => None,
        })
    };
    let since = match type_name {
        "tuple" => Some(PyVersion::new(3, 14)),
        "unicode" | "int" => Some(PyVersion::new(3, 12)),
        _ => None,
    };
    let both =
        |is: &dyn Fn(&soabi_core::CpythonAbi) -> bool| pythons().any(is) && pythons().any(|abi| !is(abi));
    both(&|abi| abi.free_threaded) || since.is_some_and(|since| both(&|abi| abi.version < since))
}
