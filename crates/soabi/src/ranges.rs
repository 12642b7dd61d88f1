//! What every interpreter does with a module, interpreters side by side that do the same gathered.

use soabi_core::{AbiTag, Prediction};
use soabi_report::audit::{AuditReport, ObjectEntry};
use soabi_report::why::{MissingName, ModuleAnswer, PythonRange};
use soabi_why::symbol::symbol;

use crate::output::columns::{Family, span};

/// Every extension module of a report.
pub(crate) fn modules(report: &AuditReport) -> Vec<ModuleAnswer> {
    let pythons: Vec<AbiTag> = report.pythons.iter().map(|python| python.id).collect();
    let objects = report.subjects.iter().flat_map(|subject| &subject.objects);
    objects.filter(|object| object.extension).map(|object| answer(object, &pythons)).collect()
}

fn answer(object: &ObjectEntry, pythons: &[AbiTag]) -> ModuleAnswer {
    let families = [Family::Cpython, Family::FreeThreaded, Family::Special, Family::Pypy];
    let ranges = families.into_iter().flat_map(|family| {
        let of_family: Vec<&Prediction> =
            object.predictions.iter().filter(|prediction| Family::of(prediction.python) == family).collect();
        let runs: Vec<PythonRange> =
            of_family.chunk_by(|one, other| is_same(one, other)).map(|run| range(run, pythons)).collect();
        runs
    });
    ModuleAnswer {
        member: object.member.clone(),
        module: object.module.clone(),
        arch: object.arch.clone(),
        abi: object.abi,
        ranges: ranges.collect(),
    }
}

/// Whether two interpreters do the same for the same reason.
fn is_same(one: &Prediction, other: &Prediction) -> bool {
    let of = |prediction: &Prediction| {
        // A reason names the interpreter.
        let why = prediction.why.replace(&prediction.python.to_string(), "");
        (prediction.expect, prediction.gate, prediction.by_path, prediction.by_path_gate, why)
    };
    of(one) == of(other) && one.missing == other.missing && one.missing_more == other.missing_more
}

fn range(run: &[&Prediction], pythons: &[AbiTag]) -> PythonRange {
    let first = run[0];
    let ids: Vec<AbiTag> = run.iter().map(|prediction| prediction.python).collect();
    PythonRange {
        in_words: span(&ids, pythons, false),
        pythons: ids,
        expect: first.expect,
        gate: first.gate,
        why: first.why.clone(),
        missing: first.missing.iter().map(|name| missing_name(name)).collect(),
        missing_more: first.missing_more,
        by_path: first.by_path,
        by_path_gate: first.by_path_gate,
    }
}

fn missing_name(name: &str) -> MissingName {
    MissingName { name: name.to_owned(), exported_in_words: symbol(name).exported_in_words }
}

#[cfg(test)]
mod tests {
    use soabi_core::{Gate, PredictionKind};

    use super::*;

    fn prediction(python: &str, missing: &[&str]) -> Prediction {
        let refused = !missing.is_empty();
        let expect = if refused { PredictionKind::Refuse } else { PredictionKind::Luck };
        Prediction {
            python: python.parse().unwrap(),
            expect,
            gate: refused.then_some(Gate::Symbols),
            missing: missing.iter().map(|name| (*name).to_owned()).collect(),
            missing_more: 0,
            by_path: expect,
            by_path_gate: None,
            outcome: None,
            by_path_outcome: None,
            gil: None,
            subinterpreters: None,
            why: format!("{python} does this"),
        }
    }

    #[test]
    fn neighbours_are_gathered() {
        let predictions = vec![
            prediction("cp310", &[]),
            prediction("cp311", &[]),
            prediction("cp312", &["_PyUnicode_Ready"]),
            prediction("cp313", &["_PyUnicode_Ready"]),
            prediction("cp313t", &["_PyUnicode_Ready"]),
            prediction("cp314", &["_PyUnicode_Ready", "x"]),
        ];
        let pythons: Vec<AbiTag> = predictions.iter().map(|prediction| prediction.python).collect();
        let object = ObjectEntry {
            member: None,
            module: "rdy".to_owned(),
            format: "elf".to_owned(),
            arch: "x86_64".to_owned(),
            extension: true,
            init: Vec::new(),
            abi: AbiTag::None,
            baseline: None,
            computed: None,
            definitions: Vec::new(),
            built_with: None,
            predictions,
        };
        let answer = answer(&object, &pythons);
        let words: Vec<&str> = answer.ranges.iter().map(|range| range.in_words.as_str()).collect();
        assert_eq!(words, ["3.10 and 3.11", "3.12 and 3.13", "3.14", "3.13t"]);
    }
}
