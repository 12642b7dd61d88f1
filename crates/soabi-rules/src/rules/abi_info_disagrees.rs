//! ABI notes (`PyABIInfo`) that exclude a promised interpreter.

use std::collections::BTreeSet;

use soabi_core::AbiTag;

use super::rule;
use crate::definitions::executed_for;
use crate::hit::Hit;
use crate::object::Object;
use crate::runtime::disagreement;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!("abi-info-disagrees", Error, "a module's own PyABIInfo excludes a promised Python");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let mut reasons = BTreeSet::new();
    let mut pythons = Vec::new();
    for abi in &object.promised {
        if let Some(why) = excluded(object, *abi) {
            reasons.insert(why);
            pythons.push(abi);
        }
    }
    let first = reasons.first()?;
    let message = format!("is refused by {} with an ImportError: {first}", span(&pythons, &object.promised));
    Some(Hit::on(object, message).evidence("notes", &reasons).evidence("pythons", pythons).help(
        "let `PyABIInfo_VAR` write the note, and compile with what the tag says: Py_LIMITED_API for abi3, \
         Py_TARGET_ABI3T for abi3t, the headers of a free-threaded Python for a `t` tag",
    ))
}

/// Why the notes exclude `abi`, whichever definition it is given.
fn excluded(object: &Object, abi: AbiTag) -> Option<String> {
    let AbiTag::Cpython(python) = abi else { return None };
    let reasons: Option<Vec<String>> = executed_for(object, abi)
        .into_iter()
        .map(|definition| disagreement(definition.abi_info.as_ref()?, python))
        .collect();
    reasons?.into_iter().next()
}
