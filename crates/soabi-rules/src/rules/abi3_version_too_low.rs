//! What the stable ABI is claimed from, against what the imports need.
//!
//! "Promised later" and "not there" are two answers: 3.6 exports 79 names that are promised only later.

use soabi_core::{AbiTag, Severity};

use super::rule;
use super::undefined_symbol::missing;
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!("abi3-version-too-low", Error, "the stable ABI is claimed from an older version than the imports need");

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    subject.extensions().filter_map(|object| hit(object, world)).collect()
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let claim = object.stable_claim()?;
    let (baseline, computed) = (object.baseline()?, object.computed()?);
    let is_late = |import: &&PythonImport| import.stable.is_some_and(|stable| stable.added > baseline);
    let late: Vec<&PythonImport> = object.imports.iter().filter(is_late).collect();
    if late.is_empty() {
        return None;
    }
    let lacking: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| !missing(object, world, &late, **abi).is_empty()).collect();
    let claimed = format!(
        "claims {} from {baseline} on, but imports names that joined it later, up to {computed}",
        claim.abi
    );
    let (message, severity) = if lacking.is_empty() {
        (format!("{claimed}; every known interpreter has them, but nothing guarantees it"), Severity::Warning)
    } else {
        (format!("{claimed}; missing in {}", span(&lacking, &object.promised)), Severity::Error)
    };
    Some(
        Hit::on(object, message)
            .downgraded_to(severity)
            .evidence("symbols", late.iter().map(|import| import.with_version()))
            .evidence("pythons", lacking)
            .help(format!(
                "compile with -DPy_LIMITED_API={:#010x} to find the uses, or tag the wheel cp{}-{}",
                baseline.hex(),
                computed.compact(),
                claim.abi
            )),
    )
}
