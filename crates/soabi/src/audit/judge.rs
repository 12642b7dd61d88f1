//! From a subject to its entry in the report.

use soabi_core::report::audit::{
    ErrorEntry, IgnoredEntry, ObjectEntry, PredictionEntry, SubjectEntry, SubjectKind,
};
use soabi_object::wheel::WheelFileName;
use soabi_rules::{Judgement, Object, Prediction, Python, Subject, Unread, predict};

use crate::audit::inputs::Input;
use crate::audit::settings::Settings;

/// The rule that speaks of what could not be read.
const NOT_EXAMINED: &str = "not-examined";

pub(super) fn judge(
    input: &Input,
    subject: Result<Subject, String>,
    pythons: &[Python],
    settings: &Settings,
) -> SubjectEntry {
    let mut entry = SubjectEntry {
        path: input.path.display().to_string(),
        kind: input.kind,
        tags: tags(input),
        objects: Vec::new(),
        findings: Vec::new(),
        ignored: Vec::new(),
        errors: Vec::new(),
    };
    let subject = match subject {
        Ok(subject) => subject.hearing(pythons),
        Err(message) => {
            entry.errors.push(ErrorEntry { object: None, message });
            return entry;
        }
    };
    let policy = settings.policy(&input.path, &subject);
    let judgement = soabi_rules::audit(&subject, &policy);
    let unread = subject.unread.iter().filter(|unread| !is_excused(unread, &judgement));
    entry.errors.extend(
        unread.map(|unread| ErrorEntry { object: unread.member.clone(), message: unread.reason.clone() }),
    );
    entry.objects = subject.objects.iter().map(|object| object_entry(object, pythons)).collect();
    entry.findings = judgement.findings.into_iter().map(Into::into).collect();
    entry.ignored = judgement
        .ignored
        .into_iter()
        .map(|(finding, reason)| IgnoredEntry { finding: finding.into(), reason })
        .collect();
    entry
}

/// The tags of a wheel's name, as they are written.
fn tags(input: &Input) -> Vec<String> {
    let name = input.path.file_name().unwrap_or_default().to_string_lossy();
    let named = || name.parse::<WheelFileName>().ok().filter(|_| input.kind == SubjectKind::Wheel);
    let wheel = input.wheel.clone().or_else(named);
    wheel.into_iter().map(|wheel| wheel.compressed_tag()).collect()
}

/// Whether the user said why this one need not be examined. It is then among what is ignored.
fn is_excused(unread: &Unread, judgement: &Judgement) -> bool {
    judgement
        .ignored
        .iter()
        .any(|(finding, _)| finding.rule == NOT_EXAMINED && finding.object == unread.member)
}

fn object_entry(object: &Object, pythons: &[Python]) -> ObjectEntry {
    let asked = if object.extension { pythons } else { &[] };
    ObjectEntry {
        member: object.member.clone(),
        module: object.module(3).to_owned(),
        format: object.facts.format.as_str().to_owned(),
        arch: object.facts.arch.to_string(),
        extension: object.extension,
        init: object.init.iter().map(ToString::to_string).collect(),
        abi: object.named_abi(),
        baseline: object.baseline(),
        computed: object.computed(),
        predictions: asked.iter().map(|python| prediction_entry(predict(object, python))).collect(),
    }
}

fn prediction_entry(prediction: Prediction) -> PredictionEntry {
    let Prediction { python, expect, gate, missing, by_path, by_path_gate, why } = prediction;
    let (expect, by_path) = (expect.as_str().to_owned(), by_path.as_str().to_owned());
    PredictionEntry { python, expect, gate, missing, by_path, by_path_gate, why }
}
