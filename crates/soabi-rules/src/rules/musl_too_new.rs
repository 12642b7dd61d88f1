//! Functions that the promised musl does not have. musl's symbols have no versions, so only their names tell.

use super::rule;
use crate::hit::Hit;
use crate::libraries::in_words;
use crate::resolve::{Problem, ProblemKind};
use crate::subject::Subject;
use crate::world::World;

rule!("musl-too-new", Error, "a file imports names that the promised musl does not have");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let is_ours =
        |problem: &&Problem| matches!(problem.kind, ProblemKind::MuslTooNew { .. } | ProblemKind::NotInMusl);
    let hit = |problem: &Problem| {
        let hit = Hit::on(&subject.objects[problem.file], in_words(problem, &subject.objects))
            .downgraded_to(problem.severity())
            .evidence("symbols", &problem.symbols);
        hit.help(match problem.kind {
            ProblemKind::NotInMusl => {
                "build in a musllinux image: the compiler of a glibc system takes glibc's headers"
            }
            _ => "build in a musllinux image of the tag, or tag the wheel for the newer musl",
        })
    };
    subject.libraries.resolved.problems.iter().filter(is_ours).map(hit).collect()
}
