//! The ABI in a file's name against the wheel's tags.

use soabi_core::{AbiTag, Severity};

use super::rule;
use crate::claims::claims_of_wheel;
use crate::hit::Hit;
use crate::object::{Object, promised};
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!("suffix-tag-mismatch", Error, "a file's name claims another ABI than the wheel's tags");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let claims = claims_of_wheel(&wheel.name);
    let pythons = promised(&claims);
    let tagged = subject.extensions().filter(|object| object.named_abi() != AbiTag::None);
    let strange = tagged.filter(|object| !object.claims.iter().any(|claim| claims.contains(claim)));
    let hit = |object: &Object| {
        let without: Vec<&AbiTag> =
            pythons.iter().filter(|python| !serves(subject, object, **python)).collect();
        let message = format!(
            "is for {}, but the wheel is tagged `{}`: {} will not find it",
            object.named_abi(),
            wheel.name.compressed_tag(),
            span(&without, &pythons)
        );
        (!without.is_empty()).then(|| {
            let severity = if object.own_finder.is_some() { Severity::Note } else { Severity::Error };
            Hit::on(object, message)
                .downgraded_to(severity)
                .evidence("pythons", without)
                .help("build the module for what the wheel promises, or tag the wheel for what the module is")
        })
    };
    strange.filter_map(hit).collect()
}

/// Whether `object`, or another file for the same module, is promised to interpreters with the ABI `abi`.
fn serves(subject: &Subject, object: &Object, abi: AbiTag) -> bool {
    subject.same_module(object).any(|other| other.promised.contains(&abi))
}
