//! The versions that a file asks of glibc and of GCC's runtimes against the oldest ones that the wheel's tag promises.

use super::rule;
use crate::hit::Hit;
use crate::libraries::in_words;
use crate::resolve::{Problem, ProblemKind};
use crate::subject::Subject;
use crate::world::World;

rule!(
    "glibc-too-new",
    Error,
    "a file needs a newer glibc or libstdc++ than the wheel's platform tag promises"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let is_ours = |problem: &&Problem| {
        matches!(
            problem.kind,
            ProblemKind::GlibcTooNew { .. }
                | ProblemKind::LibstdcxxTooNew { .. }
                | ProblemKind::RuntimeTooNew { .. }
                | ProblemKind::UndefinedVersion
        )
    };
    subject.libraries.resolved.problems.iter().filter(is_ours).map(|problem| hit(subject, problem)).collect()
}

fn hit(subject: &Subject, problem: &Problem) -> Hit {
    let hit = Hit::on(&subject.objects[problem.file], in_words(problem, &subject.objects))
        .downgraded_to(problem.severity())
        .evidence("symbols", &problem.symbols);
    hit.help(match &problem.kind {
        ProblemKind::GlibcTooNew { promised, .. } => {
            let image = promised.to_string().replace('.', "_");
            format!("build in a manylinux_{image} image, or let `auditwheel repair WHEEL` choose the tag")
        }
        _ => "build in the manylinux image of the tag, whose compiler links newer parts of the runtime statically"
            .to_owned(),
    })
}
