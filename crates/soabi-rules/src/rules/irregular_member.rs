//! Members of the archive that installers refuse, or treat differently from each other.

use soabi_core::Severity;
use soabi_wheel::{Oddity, OddityKind};

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!("irregular-member", Error, "a member of the wheel is refused by installers, or understood differently");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.wheel.iter().flat_map(|wheel| &wheel.oddities).map(hit).collect()
}

fn hit(oddity: &Oddity) -> Hit {
    let hit = Hit {
        object: Some(oddity.member.clone()),
        ..Hit::whole(oddity.kind.as_str()).help(
            "pack the wheel anew: regular files, each once, with `/` between the parts of relative paths",
        )
    };
    match oddity.kind {
        OddityKind::Absolute | OddityKind::ParentFolder => hit,
        _ => hit.downgraded_to(Severity::Warning),
    }
}
