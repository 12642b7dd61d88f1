//! Slots of a module whose numbers a promised interpreter does not know.

use std::collections::BTreeSet;

use super::rule;
use crate::definitions::unknown_slots;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("unknown-slot-id", Error, "a module has a slot with a number that a promised Python does not know");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let mut slots = BTreeSet::new();
    let mut pythons = Vec::new();
    for abi in &object.promised {
        let unknown = unknown_slots(object, *abi);
        if !unknown.is_empty() {
            pythons.push(abi);
        }
        slots.extend(unknown.into_iter().map(|slot| (slot.id, format!("{} ({})", slot.id, slot.name))));
    }
    let slots: Vec<String> = slots.into_iter().map(|(_, text)| text).collect();
    (!pythons.is_empty()).then(|| {
        let message = format!(
            "is refused by {} with a SystemError: its definition has the module slot {}",
            span(&pythons, &object.promised),
            named(&slots)
        );
        Hit::on(object, message).evidence("slots", &slots).evidence("pythons", pythons).help(
            "leave the slot out where it is not known: `#if PY_VERSION_HEX` for one version, or for abi3 a second \
             array of slots that the init function chooses by `Py_Version`; or raise the version in the wheel's tag",
        )
    })
}
