//! Which of a module's definitions an interpreter is given.

use soabi_core::{AbiTag, CpythonAbi, InitSymbol, PyVersion};
use soabi_definition::{Definition, FoundBy, Phase, Slot};

use crate::object::Object;

/// The newest version whose slots are known here.
const NEWEST: PyVersion = PyVersion::new(3, 15);

/// The slots whose values are arrays of slots (3.15). Those in them may be marked as optional (PEP 820).
pub(crate) const NESTED: [u16; 2] = [92, 94];

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

/// The slots of a definition for whose numbers a CPython of the version `version` refuses the module.
pub(crate) fn unknown_slots_of(definition: &Definition, version: PyVersion) -> Vec<&Slot> {
    let slots = || definition.slots.iter().flatten();
    let may_skip = version >= NEWEST && slots().any(|slot| NESTED.contains(&slot.id));
    if definition.phase != Phase::Multi || version > NEWEST || may_skip {
        return Vec::new();
    }
    slots().filter(|slot| slot.since().is_none_or(|since| since > version)).collect()
}

/// The slots that `abi` refuses, whichever definition the init function gives it.
pub(crate) fn unknown_slots(object: &Object, abi: AbiTag) -> Vec<&Slot> {
    let AbiTag::Cpython(cpython) = abi else { return Vec::new() };
    let definitions = executed_for(object, abi).into_iter();
    let unknown: Vec<Vec<&Slot>> =
        definitions.map(|definition| unknown_slots_of(definition, cpython.version)).collect();
    if unknown.iter().any(Vec::is_empty) { Vec::new() } else { unknown.concat() }
}
