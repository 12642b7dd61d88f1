//! Imports that neither a promised interpreter nor a library exports. The rules about narrower causes come first.

use std::collections::BTreeSet;

use soabi_core::AbiTag;

use super::{debug_abi_import, free_threaded_mismatch, rule, ucs_width_mismatch};
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::libraries::in_words;
use crate::object::Object;
use crate::python::Binding;
use crate::resolve::{Problem, ProblemKind};
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("undefined-symbol", Error, "no promised interpreter or library exports a name that the file imports");

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    let of_python = subject.extensions().filter_map(|object| hit(object, world));
    let problems = subject.libraries.resolved.problems.iter();
    let of_libraries = problems.filter(|problem| problem.kind == ProblemKind::UndefinedSymbol);
    of_python.chain(of_libraries.map(|problem| library_hit(subject, problem))).collect()
}

/// A symbol that no library in the file's reach exports.
fn library_hit(subject: &Subject, problem: &Problem) -> Hit {
    Hit::on(&subject.objects[problem.file], in_words(problem, &subject.objects))
        .downgraded_to(problem.severity())
        .evidence("symbols", &problem.symbols)
        .evidence("libraries", problem.library.iter())
        .help("link the library that has it (`-Wl,--no-undefined` makes the linker check), or bundle a newer one")
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let candidates: Vec<&PythonImport> =
        object.imports.iter().filter(|import| is_ours(object, import)).collect();
    let mut names = BTreeSet::new();
    let mut pythons: Vec<&AbiTag> = Vec::new();
    for abi in &object.promised {
        let measured = !world.python(object, *abi).releases().is_empty();
        // A private name that the measured releases lack may be in others.
        let certain: Vec<&PythonImport> = candidates
            .iter()
            .copied()
            .filter(|import| !(measured && import.may_come_with_a_patch()))
            .collect();
        let missing = missing(object, world, &certain, *abi);
        if !missing.is_empty() {
            pythons.push(abi);
            names.extend(missing);
        }
    }
    let names: Vec<&str> = names.into_iter().collect();
    let message = format!("imports {}, missing in {}", named(&names), span(&pythons, &object.promised));
    (!names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
            "build against the headers of the oldest interpreter that is promised, or promise fewer (a \
             newer tag)",
        )
    })
}

/// The names among `imports` that interpreters with the ABI `abi` lack: the real one of the world, or all that were
/// measured, whatever their patch level.
pub(super) fn missing<'a>(
    object: &Object,
    world: &World,
    imports: &[&'a PythonImport],
    abi: AbiTag,
) -> Vec<&'a str> {
    let python = world.python(object, abi);
    let missing = imports.iter().filter(|import| python.binds(import, object.home) == Binding::Missing);
    missing.map(|import| import.name.as_str()).collect()
}

/// Whether no other rule says more about the import.
fn is_ours(object: &Object, import: &PythonImport) -> bool {
    // The width is a matter of 2.7 alone, and of 3.2.
    let is_for_2 =
        object.promised.iter().any(|abi| abi.python_version().is_some_and(|version| version.major == 2));
    let narrower = (is_for_2 && ucs_width_mismatch::is_of_a_width(import))
        || free_threaded_mismatch::is_free_threaded(import)
        || debug_abi_import::is_of_debug_builds(import);
    let promised = match object.baseline() {
        // Names that are new or were never stable have their rules.
        Some(baseline) => import.stable.is_some_and(|stable| stable.added <= baseline),
        None => object.stable_claim().is_none(),
    };
    promised && !narrower
}
