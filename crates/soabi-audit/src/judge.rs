//! From a subject to its entry in the report.

use soabi_report::audit::{ErrorEntry, IgnoredEntry, ObjectEntry, SubjectEntry};
use soabi_rules::{Judgement, Object, Python, Subject, Unread, World, predict};

use crate::inputs::Input;
use crate::settings::Settings;

/// The rule that reports what could not be read.
const NOT_EXAMINED: &str = "not-examined";

pub(super) fn judge(
    input: &Input,
    subject: Result<Subject, String>,
    pythons: &[Python],
    settings: &Settings,
) -> SubjectEntry {
    let mut entry = SubjectEntry {
        path: input.path.display().to_string(),
        kind: input.kind(),
        tags: input.wheel_name().into_iter().map(|wheel| wheel.compressed_tag()).collect(),
        objects: Vec::new(),
        findings: Vec::new(),
        ignored: Vec::new(),
        errors: Vec::new(),
    };
    let subject = match subject {
        Ok(subject) => subject,
        Err(message) => {
            entry.errors.push(ErrorEntry { object: None, message });
            return entry;
        }
    };
    let policy = settings.policy(&input.path, &subject);
    let judgement = soabi_rules::audit(&subject, &World::with(pythons), &policy);
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

/// Whether the user ignores this one, with a reason. It is then among the ignored findings.
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
        predictions: asked.iter().map(|python| predict(object, python)).collect(),
    }
}
