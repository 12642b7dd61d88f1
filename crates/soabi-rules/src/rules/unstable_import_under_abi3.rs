//! Names outside the stable ABI, imported by a file that claims it.

use soabi_core::{AbiTag, Severity};

use super::rule;
use super::undefined_symbol::missing;
use super::{debug_abi_import, free_threaded_mismatch};
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("unstable-import-under-abi3", Error, "a file that claims the stable ABI imports names outside it");

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    subject.extensions().filter_map(|object| hit(object, world)).collect()
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let claim = object.stable_claim()?;
    let is_unstable = |import: &&PythonImport| {
        let narrower =
            debug_abi_import::is_of_debug_builds(import) || free_threaded_mismatch::is_free_threaded(import);
        import.stable.is_none() && !narrower
    };
    let unstable: Vec<&PythonImport> = object.imports.iter().filter(is_unstable).collect();
    let names: Vec<&str> = unstable.iter().map(|import| import.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let lacking: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| !missing(object, world, &unstable, **abi).is_empty()).collect();
    let what = format!("claims {} and imports {} from outside it", claim.abi, named(&names));
    let (message, severity) = if lacking.is_empty() {
        (format!("{what}; every known interpreter has them, but nothing guarantees it"), Severity::Warning)
    } else {
        (format!("{what}; missing in {}", span(&lacking, &object.promised)), Severity::Error)
    };
    Some(
        Hit::on(object, message).downgraded_to(severity).evidence("symbols", names).evidence("pythons", lacking).help(
            "define Py_LIMITED_API before every `#include <Python.h>`: then such names do not compile; check \
         that all \
         objects were built with it",
        ),
    )
}
