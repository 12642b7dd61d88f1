//! Modules under a stable ABI tag whose init function passes the API version of the full API.

use super::rule;
use crate::definitions::executed_for;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "full-api-under-abi3",
    Warning,
    "a file that claims the stable ABI was compiled without Py_LIMITED_API"
);

/// `PYTHON_API_VERSION`, which `PyModule_Create` passes; with `Py_LIMITED_API` it is `PYTHON_ABI_VERSION`, 3
/// (`Include/modsupport.h`).
const FULL: u32 = 1013;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let claim = object.stable_claim()?;
    let passes_it = |abi: &&soabi_core::AbiTag| {
        let definitions = executed_for(object, **abi);
        !definitions.is_empty() && definitions.iter().all(|definition| definition.api_version == Some(FULL))
    };
    object.promised.iter().find(passes_it)?;
    let message = format!(
        "claims {}, and passes the API version {FULL} to `PyModule_Create2`: it was compiled for the full API of one \
         version, whose layouts are in its code",
        claim.abi
    );
    Some(Hit::on(object, message).evidence("symbols", &object.init).help(
        "define Py_LIMITED_API before every `#include <Python.h>`; with PyO3 turn on the feature `abi3-pyXY`",
    ))
}
