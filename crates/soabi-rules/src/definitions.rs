//! Which of a module's definitions an interpreter is given.

use soabi_core::{AbiTag, CpythonAbi, InitSymbol, PyVersion};
use soabi_definition::{Definition, FoundBy, Phase, Slot};

use crate::object::Object;

/// 3.15 has slots that older headers do not name, and may skip those that are marked as optional (PEP 820).
const LENIENT: PyVersion = PyVersion::new(3, 15);

/// The definitions that the init function may give `abi`: more than one where it chooses at run time. Empty where
/// one is not decoded, where there is none by design, and for anything but CPython 3.
pub(crate) fn given_to(object: &Object, abi: AbiTag) -> Vec<&Definition> {
    let (AbiTag::Cpython(CpythonAbi { version, .. }), Some(reading)) = (abi, &object.reading) else {
        return Vec::new();
    };
    let inits = InitSymbol::looked_up_by(version, object.module(version.major));
    let Some(init) = inits.iter().find(|init| object.init.contains(init)) else { return Vec::new() };
    let init = init.to_string();
    let definitions: Vec<_> =
        reading.definitions.iter().filter(|definition| definition.init == init).collect();
    if version.major < 3 || definitions.iter().any(|definition| definition.phase == Phase::None) {
        return Vec::new();
    }
    definitions
}

/// As [`given_to`], where the init function was followed to each of them: what it changes on the way is known.
pub(crate) fn executed_for(object: &Object, abi: AbiTag) -> Vec<&Definition> {
    let mut definitions = given_to(object, abi);
    if !definitions.iter().all(|definition| definition.found_by.contains(&FoundBy::Execution)) {
        definitions.clear();
    }
    definitions
}

/// Whether a CPython of the version `version` refuses a module for the number of `slot`.
pub(crate) fn is_unknown(slot: &Slot, version: PyVersion) -> bool {
    version < LENIENT && slot.since().is_none_or(|since| since > version)
}

/// The slots that `abi` refuses, whichever definition the init function gives it.
pub(crate) fn unknown_slots(object: &Object, abi: AbiTag) -> Vec<&Slot> {
    let AbiTag::Cpython(cpython) = abi else { return Vec::new() };
    let is_unknown = |slot: &&Slot| is_unknown(slot, cpython.version);
    let is_refused = |definition: &&Definition| {
        definition.phase == Phase::Multi && definition.slots.iter().flatten().any(|slot| is_unknown(&slot))
    };
    let definitions = executed_for(object, abi);
    if !definitions.iter().all(is_refused) {
        return Vec::new();
    }
    definitions
        .into_iter()
        .flat_map(|definition| definition.slots.iter().flatten())
        .filter(is_unknown)
        .collect()
}
