//! From a subject to its entry in the report.

use std::collections::{BTreeSet, HashMap, VecDeque};

use soabi_core::AbiTag;
use soabi_core::finding::EVIDENCE_LIMIT;
use soabi_core::foreign::from_bytes;
use soabi_report::audit::{BlockerEntry, ErrorEntry, IgnoredEntry, ObjectEntry, PlatformEntry, SubjectEntry};
use soabi_rules::resolve::HonestLevel;
use soabi_rules::{Judgement, Object, Python, Subject, Unread, World, named_by, predict};

use crate::definitions::{built_with, definitions};
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
        path: from_bytes(input.path.as_os_str().as_encoded_bytes()),
        kind: input.kind(),
        tags: input.wheel_name().into_iter().map(|wheel| wheel.compressed_tag()).collect(),
        promised: input.wheel_name().iter().flat_map(named_by).collect(),
        platform: None,
        objects: Vec::new(),
        findings: Vec::new(),
        ignored: Vec::new(),
        errors: Vec::new(),
    };
    let subject = match subject {
        Ok(subject) => subject,
        Err(message) => {
            entry.errors.push(ErrorEntry { object: None, message, finding: None });
            return entry;
        }
    };
    let policy = settings.policy(&input.path, &subject);
    let judgement = soabi_rules::audit(&subject, &World::with(pythons), &policy);
    entry.errors = unread(&subject, &judgement);
    if input.wheel_name().is_none() {
        let promised: BTreeSet<AbiTag> =
            subject.extensions().flat_map(|object| &object.promised).copied().collect();
        entry.promised = promised.into_iter().collect();
    }
    entry.platform = subject.libraries.level.as_ref().map(platform);
    entry.objects = subject.objects.iter().map(|object| object_entry(object, pythons)).collect();
    entry.findings = judgement.findings.into_iter().map(Into::into).collect();
    entry.ignored = judgement
        .ignored
        .into_iter()
        .map(|(finding, reason)| IgnoredEntry { finding: finding.into(), reason })
        .collect();
    entry
}

fn platform(level: &HonestLevel) -> PlatformEntry {
    let blockers = level.blockers.iter().take(EVIDENCE_LIMIT).map(|blocker| BlockerEntry {
        level: blocker.level.clone(),
        object: blocker.file.clone(),
        needs: blocker.needs.clone(),
    });
    PlatformEntry {
        tag: level.tag.clone(),
        blockers: blockers.collect(),
        more: level.blockers.len().saturating_sub(EVIDENCE_LIMIT),
    }
}

/// What could not be read, each with the finding that reports it. The rule has one finding for each, in the order of
/// the subject, but for those that are equal.
fn unread(subject: &Subject, judgement: &Judgement) -> Vec<ErrorEntry> {
    let mut reported: HashMap<Option<&str>, VecDeque<usize>> = HashMap::new();
    for (index, finding) in judgement.findings.iter().enumerate() {
        if finding.rule == NOT_EXAMINED {
            reported.entry(finding.object.as_deref()).or_default().push_back(index);
        }
    }
    let mut entries = Vec::new();
    for unread in subject.unread.iter().filter(|unread| !is_excused(unread, judgement)) {
        let indices = reported.get_mut(&unread.member.as_deref());
        let finding = indices.and_then(|indices| {
            let first = indices.front().copied();
            if indices.len() > 1 {
                indices.pop_front();
            }
            first
        });
        entries.push(ErrorEntry { object: unread.member.clone(), message: unread.reason.clone(), finding });
    }
    entries
}

/// What could not be read of a subject that no rule looks at.
pub(super) fn errors(subject: &Subject) -> Vec<ErrorEntry> {
    let entry = |unread: &Unread| ErrorEntry {
        object: unread.member.clone(),
        message: unread.reason.clone(),
        finding: None,
    };
    subject.unread.iter().map(entry).collect()
}

/// Whether the user ignores this one, with a reason. It is then among the ignored findings.
fn is_excused(unread: &Unread, judgement: &Judgement) -> bool {
    judgement
        .ignored
        .iter()
        .any(|(finding, _)| finding.rule == NOT_EXAMINED && finding.object == unread.member)
}

/// What a report says of an object.
pub(super) fn object_entry(object: &Object, pythons: &[Python]) -> ObjectEntry {
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
        definitions: definitions(object),
        built_with: built_with(object),
        predictions: asked.iter().map(|python| predict(object, python).limited()).collect(),
    }
}
