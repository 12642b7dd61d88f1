//! Symbols of glibc that are internal to one build of it.

use super::rule;
use crate::hit::Hit;
use crate::libraries::in_words;
use crate::resolve::ProblemKind;
use crate::subject::Subject;
use crate::world::World;

rule!("glibc-private", Error, "a file imports a symbol that is internal to glibc");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let problems = subject.libraries.resolved.problems.iter();
    let ours = problems.filter(|problem| problem.kind == ProblemKind::GlibcPrivate);
    ours.map(|problem| {
        Hit::on(&subject.objects[problem.file], in_words(problem, &subject.objects))
            .downgraded_to(problem.severity())
            .evidence("symbols", &problem.symbols)
            .help("use a public function: glibc's other libraries alone may use `GLIBC_PRIVATE`, and only their own release")
    })
    .collect()
}
