//! The answer to `--python`: whether everything is ready for the interpreters that are required, in words.

use soabi_core::AbiTag;
use soabi_report::audit::{SubjectEntry, SubjectKind};

use super::environment;
use super::evidence::list_of;
use super::overview::{Overseen, Overview};
use super::place::file_name;
use super::verdict::{Verdict, VerdictKind, cpython};
use crate::output::columns::span;
use crate::readiness::Readiness;

impl Overview<'_> {
    /// The answer, and the verdict behind it where that says more.
    pub(super) fn with_requirement(&self, verdict: Verdict) -> Verdict {
        if self.report.required.is_empty() {
            return verdict;
        }
        let alone = self.subjects.len() == 1;
        let worst = self.subjects.iter().map(|subject| subject.readiness).max();
        let (kind, answer) = match worst.unwrap_or(Readiness::NothingNative) {
            Readiness::NothingNative => return verdict,
            Readiness::Ready => (verdict.kind, self.ready()),
            Readiness::Unknown => (verdict.kind.max(VerdictKind::NotJudged), self.not_ready()),
            Readiness::MustBeRebuilt => (VerdictKind::Fails, self.not_ready()),
        };
        // That packages work where their tags say is no answer to the question.
        let says_more = alone || !matches!(verdict.kind, VerdictKind::Works | VerdictKind::NotSelected);
        let sentence = if says_more { format!("{answer} {}", verdict.sentence) } else { answer };
        Verdict { kind, sentence }
    }

    /// The verdict on a subject, behind what has to be done for the required interpreters.
    pub(super) fn sentence(&self, subject: &Overseen<'_>) -> String {
        let sentence = &subject.verdict.sentence;
        let pythons = || self.not_ready_for(subject);
        match subject.readiness {
            Readiness::NothingNative | Readiness::Ready => sentence.clone(),
            Readiness::Unknown => {
                format!("It is not known whether it is ready for {}. {sentence}", pythons())
            }
            Readiness::MustBeRebuilt => format!("It must be rebuilt for {}. {sentence}", pythons()),
        }
    }

    /// The required interpreters for which one of `subjects` is not ready.
    fn unready(&self, subjects: &[&SubjectEntry]) -> Vec<AbiTag> {
        let is_open = |python: &AbiTag| {
            subjects.iter().any(|subject| !Readiness::of_one(self.report, subject, *python).is_ready())
        };
        self.report.required.iter().copied().filter(is_open).collect()
    }

    /// The required interpreters that a subject is not ready for, in words.
    pub(super) fn not_ready_for(&self, subject: &Overseen<'_>) -> String {
        self.required_words(&self.unready(&[subject.entry]))
    }

    fn ready(&self) -> String {
        let pythons = self.required_words(&self.report.required);
        if let [subject] = &self.subjects[..] {
            return format!("{} is ready for {pythons}.", short_title(subject));
        }
        format!("Ready for {pythons}: {}.{}", self.named(Readiness::Ready), self.without_modules())
    }

    fn not_ready(&self) -> String {
        let subjects: Vec<&SubjectEntry> = self.subjects.iter().map(|subject| subject.entry).collect();
        let pythons = self.required_words(&self.unready(&subjects));
        let number = |readiness| self.with(readiness).count();
        let (rebuild, unknown) = (number(Readiness::MustBeRebuilt), number(Readiness::Unknown));
        if let [subject] = &self.subjects[..] {
            let title = short_title(subject);
            return if rebuild > 0 {
                format!("{title} is not ready for {pythons}: it must be rebuilt.")
            } else {
                format!("It is not known whether {title} is ready for {pythons}.")
            };
        }
        let all = self.things(self.subjects.len());
        if environment::is_asked(self) {
            // The names stand above, by what has to be done with them.
            let native = self.subjects.len() - number(Readiness::NothingNative);
            let unknown = if unknown > 0 { format!(", {unknown} not known") } else { String::new() };
            return format!(
                "Not ready for {pythons}: {rebuild} of {native} distributions with extension modules must be \
                 rebuilt{unknown}."
            );
        }
        let mut clauses = Vec::new();
        if rebuild > 0 {
            clauses.push(format!(
                "{rebuild} of {all} must be rebuilt: {}.",
                self.named(Readiness::MustBeRebuilt)
            ));
        }
        if unknown > 0 {
            clauses.push(format!("Not known: {}.", self.named(Readiness::Unknown)));
        }
        if number(Readiness::Ready) > 0 {
            clauses.push(format!("Ready: {}.", self.named(Readiness::Ready)));
        }
        let clauses = clauses.join(" ");
        format!("Not ready for {pythons}: {clauses}{}", self.without_modules())
    }

    /// `CPython 3.13 and 3.14`.
    pub(super) fn required_words(&self, pythons: &[AbiTag]) -> String {
        cpython(pythons, &span(pythons, &super::module::known(self.report), false))
    }

    fn with(&self, readiness: Readiness) -> impl Iterator<Item = &Overseen<'_>> {
        self.subjects.iter().filter(move |subject| subject.readiness == readiness)
    }

    fn named(&self, readiness: Readiness) -> String {
        let titles: Vec<String> = self.with(readiness).map(|subject| subject.title.clone()).collect();
        list_of(&titles, self.most_names)
    }

    /// ` 2 have nothing that Python imports.`
    fn without_modules(&self) -> String {
        match self.with(Readiness::NothingNative).count() {
            0 => String::new(),
            1 => " 1 has nothing that Python imports.".to_owned(),
            number => format!(" {number} have nothing that Python imports."),
        }
    }
}

/// The title, of a file without its folders.
fn short_title<'a>(subject: &'a Overseen<'_>) -> &'a str {
    let is_file = subject.entry.kind == SubjectKind::Object;
    if is_file { file_name(subject.entry) } else { &subject.title }
}

impl Overseen<'_> {
    /// What has to be done for the required interpreters, in a few words. `None` where it is ready.
    pub(super) fn not_ready(&self) -> Option<&'static str> {
        match self.readiness {
            Readiness::NothingNative | Readiness::Ready => None,
            Readiness::Unknown => Some("not known to be ready"),
            Readiness::MustBeRebuilt => Some("must be rebuilt"),
        }
    }

    /// The kind of its verdict, with the answer to what is required.
    pub(super) fn kind(&self) -> VerdictKind {
        match self.readiness {
            Readiness::NothingNative | Readiness::Ready => self.verdict.kind,
            Readiness::Unknown => self.verdict.kind.max(VerdictKind::NotJudged),
            Readiness::MustBeRebuilt => VerdictKind::Fails,
        }
    }
}
