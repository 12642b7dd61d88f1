//! Libraries that nothing brings: neither the wheel, nor the interpreter, nor the promised system.

use super::rule;
use crate::hit::Hit;
use crate::libraries::in_words;
use crate::resolve::{Problem, ProblemKind, Resolution};
use crate::subject::Subject;
use crate::world::World;

rule!("missing-library", Error, "a file needs a library that nothing provides");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let is_ours = |problem: &&Problem| {
        matches!(
            problem.kind,
            ProblemKind::MissingLibrary(_) | ProblemKind::DebugRuntime | ProblemKind::Redistributable
        )
    };
    subject.libraries.resolved.problems.iter().filter(is_ours).map(|problem| hit(subject, problem)).collect()
}

fn hit(subject: &Subject, problem: &Problem) -> Hit {
    let hit = Hit::on(&subject.objects[problem.file], in_words(problem, &subject.objects))
        .downgraded_to(problem.severity())
        .evidence("libraries", problem.library.iter());
    hit.help(match &problem.kind {
        ProblemKind::DebugRuntime => "build the release configuration (`/MD`, not `/MDd`)".to_owned(),
        ProblemKind::Redistributable => {
            "link the runtime statically, bundle it with `delvewheel repair WHEEL`, or depend on `msvc-runtime`".to_owned()
        }
        ProblemKind::MissingLibrary(Resolution::Absent { nearest: Some(_) } | Resolution::MemberIfLoaded(_)) => {
            "let the repair tool write the search path: `auditwheel repair WHEEL` (Linux), `delocate-wheel WHEEL` (macOS), \
             `delvewheel repair WHEEL` (Windows)"
                .to_owned()
        }
        _ => "bundle it: `auditwheel repair WHEEL` (Linux), `delocate-wheel WHEEL` (macOS), `delvewheel repair WHEEL` \
              (Windows)"
            .to_owned(),
    })
}
