//! Functions whose flags a promised interpreter does not know.

use std::collections::BTreeSet;

use soabi_core::{AbiTag, PyVersion};
use soabi_definition::Method;

use super::rule;
use crate::definitions::executed_for;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("method-flags-unsupported", Error, "a function has flags that a promised Python does not know");

const FASTCALL: u32 = 0x80;
const METHOD: u32 = 0x200;
/// The flags that say how a function is called (`Include/methodobject.h`).
const CONVENTION: u32 = 0x1 | 0x2 | 0x4 | 0x8 | FASTCALL | METHOD;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let mut methods = BTreeSet::new();
    let mut pythons = Vec::new();
    for abi in &object.promised {
        let AbiTag::Cpython(python) = abi else { continue };
        let definitions = executed_for(object, *abi);
        let unsupported = definitions
            .iter()
            .flat_map(|definition| definition.methods.iter().flatten())
            .filter(|method| !is_supported(method, python.version))
            .map(|method| format!("{} ({})", method.name, method.flags.join(" | ")));
        let unsupported: Vec<String> = unsupported.collect();
        if !unsupported.is_empty() {
            pythons.push(abi);
        }
        methods.extend(unsupported);
    }
    let methods: Vec<String> = methods.into_iter().collect();
    (!methods.is_empty()).then(|| {
        let message = format!(
            "has {} with flags that {} does not know: a SystemError, or a call with other arguments",
            named(&methods),
            span(&pythons, &object.promised)
        );
        Hit::on(object, message).evidence("methods", &methods).evidence("pythons", pythons).help(
            "use METH_VARARGS for the older versions (METH_FASTCALL is of 3.7, METH_METHOD of 3.9), or raise the \
             version in the wheel's tag",
        )
    })
}

/// Whether CPython of the version `version` calls a function with these flags as it is written
/// (`Objects/methodobject.c`).
fn is_supported(method: &Method, version: PyVersion) -> bool {
    let since = match method.raw_flags & CONVENTION {
        0x1 | 0x3 | 0x4 | 0x8 => PyVersion::new(3, 0),
        // METH_KEYWORDS alone is METH_VARARGS | METH_KEYWORDS until 3.7.
        0x2 => return version < PyVersion::new(3, 8),
        FASTCALL | 0x82 => PyVersion::new(3, 7),
        0x282 => PyVersion::new(3, 9),
        _ => return false,
    };
    version >= since
}
