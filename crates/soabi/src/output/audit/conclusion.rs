//! The verdict on all subjects of a report, in a sentence.

use soabi_core::Severity;
use soabi_report::audit::SubjectKind;

use super::evidence::list_of;
use super::overview::{Overseen, Overview};
use super::place::is_installed;
use super::release;
use super::verdict::{Verdict, VerdictKind, counted};
use crate::output::text::count;

impl Overview<'_> {
    /// The verdict on all subjects.
    pub(crate) fn verdict(&self) -> Verdict {
        let verdict = match &self.subjects[..] {
            [subject] => subject.verdict.clone(),
            _ => self.verdict_on_many(),
        };
        let mut verdict = self.with_requirement(verdict);
        if let Some(refused) = release::refused(self.report) {
            verdict.sentence = format!("{} {refused}", verdict.sentence);
            verdict.kind = verdict.kind.max(VerdictKind::Warned);
        }
        let lost = release::lost(self.report);
        if !lost.is_empty() {
            verdict.sentence = format!("{} {}", lost.join(" "), verdict.sentence);
            verdict.kind = VerdictKind::Fails;
        }
        if self.report.fails() && verdict.kind < VerdictKind::NotJudged {
            let least = self.report.fail_on.map_or("", Severity::as_str);
            verdict.sentence =
                format!("{} Findings at the level `{least}` fail this audit.", verdict.sentence);
            verdict.kind = VerdictKind::Fails;
        }
        verdict
    }

    fn verdict_on_many(&self) -> Verdict {
        let of = |kind: VerdictKind| self.subjects.iter().filter(move |subject| subject.verdict.kind == kind);
        let kind = self.subjects.iter().map(|subject| subject.verdict.kind).max();
        let kind = kind.unwrap_or(VerdictKind::NothingNative);
        let all = self.things(self.subjects.len());
        let names = |kind: VerdictKind| {
            let titles: Vec<String> = of(kind).map(|subject| subject.title.clone()).collect();
            list_of(&titles, self.most_names)
        };
        let number = |kind: VerdictKind| of(kind).count();
        let failing: Vec<&Overseen<'_>> =
            self.subjects.iter().filter(|subject| subject.has_errors()).collect();
        let mut clauses = Vec::new();
        if !failing.is_empty() {
            let titles: Vec<String> = failing.iter().map(|subject| subject.title.clone()).collect();
            let what = if self.are_wheels() {
                format!("Do not publish {} of {all}", titles.len())
            } else {
                format!(
                    "{} of {all} {}",
                    titles.len(),
                    if titles.len() == 1 {
                        "does not work everywhere it is promised"
                    } else {
                        "do not work everywhere they are promised"
                    }
                )
            };
            clauses.push(format!("{what}: {}.", list_of(&titles, self.most_names)));
        }
        if number(VerdictKind::NotKnown) > 0 {
            clauses.push(format!("Not judged for all Pythons: {}.", names(VerdictKind::NotKnown)));
        }
        let unjudged: Vec<String> = of(VerdictKind::NotJudged)
            .chain(of(VerdictKind::Fails).filter(|subject| !subject.entry.errors.is_empty()))
            .filter(|subject| !subject.has_errors() || !subject.entry.errors.is_empty())
            .map(|subject| subject.title.clone())
            .collect();
        if !unjudged.is_empty() {
            clauses.push(format!("Not fully judged: {}.", list_of(&unjudged, self.most_names)));
        }
        if number(VerdictKind::Doubtful) > 0 {
            let (doubtful, titles) = (number(VerdictKind::Doubtful), names(VerdictKind::Doubtful));
            clauses.push(format!("Check {doubtful} of {all}: {titles}."));
        }
        if number(VerdictKind::NothingPromised) > 0 {
            clauses.push(format!(
                "No tag says which Pythons these are for: {}.",
                names(VerdictKind::NothingPromised)
            ));
        }
        if number(VerdictKind::NotSelected) > 0 {
            clauses.push(format!("Not for the selected Pythons: {}.", names(VerdictKind::NotSelected)));
        }
        let warned = number(VerdictKind::Warned);
        let (works, empty) = (number(VerdictKind::Works) + warned, number(VerdictKind::NothingNative));
        let native = self.subjects.len() - empty;
        // An answer to what was required stands alone, unless something is wrong beside it.
        let is_answered = self.subjects.iter().any(|subject| subject.not_ready().is_some());
        let is_said = is_answered && works == native && works > 0;
        clauses.push(match (works, native) {
            _ if is_said => String::new(),
            (0, 0) => format!("Nothing native in {all}, so there is nothing to check."),
            (works, native) if works == native && empty == 0 => {
                format!("All {all} work in every Python that their tags name.")
            }
            (0, _) => String::new(),
            (works, native) if works == native => format!("All {native} with extension modules work in every Python that their tags name; {empty} {} nothing that Python imports.", if empty == 1 { "has" } else { "have" }),
            (works, _) => format!("{works} {} in every Python that the tags name.", if works == 1 { "works" } else { "work" }),
        });
        if warned > 0 && !is_said {
            clauses.push(format!("With warnings: {}.", names(VerdictKind::Warned)));
        }
        let extras = counted(&self.report.summary);
        if !extras.is_empty() {
            clauses.push(format!("{}.", extras.join(", ")));
        }
        clauses.retain(|clause| !clause.is_empty());
        Verdict { kind, sentence: clauses.join(" ") }
    }

    fn are_wheels(&self) -> bool {
        self.subjects.iter().all(|subject| subject.entry.kind == SubjectKind::Wheel)
    }

    /// `10 wheels`, `41 installed distributions`, and `12 inputs` for several kinds.
    pub(super) fn things(&self, number: usize) -> String {
        match &self.kinds()[..] {
            [(what, _)] => count(number, what),
            _ => count(number, "input"),
        }
    }

    /// The kinds of the subjects, and how many there are of each.
    pub(crate) fn kinds(&self) -> Vec<(&'static str, usize)> {
        let mut kinds: Vec<(&'static str, usize)> = Vec::new();
        for subject in &self.subjects {
            let kind = match subject.entry.kind {
                SubjectKind::Wheel => "wheel",
                SubjectKind::Object => "file",
                SubjectKind::Directory if is_installed(subject.entry) => "installed distribution",
                SubjectKind::Directory => "folder",
            };
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, number)) => *number += 1,
                None => kinds.push((kind, 1)),
            }
        }
        kinds
    }
}

impl Overseen<'_> {
    /// Whether it has a finding that is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.entry.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}
