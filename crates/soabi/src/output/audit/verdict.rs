//! Verdicts: what a person should do about a subject, in a sentence.
//!
//! Nothing is called good that was not judged: an interpreter that the tables do not know, a prediction that is not
//! known, and a file that could not be read each have a verdict of their own.

use std::collections::BTreeSet;

use soabi_core::{AbiTag, Severity};
use soabi_report::audit::{AuditReport, FindingEntry, SubjectEntry, SubjectKind, Summary};
use soabi_rules::Rule;

use super::evidence::list_of;
use super::module::{Module, State, known, unknown_to_tables};
use super::place::{file_name, is_installed};
use crate::output::columns::{Family, span};
use crate::output::page::Tone;
use crate::output::text::count;

/// What comes of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Which kind of verdict it is.
    pub(crate) kind: VerdictKind,
    /// The verdict as a sentence.
    pub(crate) sentence: String,
}

/// The kinds of verdicts, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum VerdictKind {
    /// There is nothing in it that an interpreter loads.
    NothingNative,
    /// It works where it is promised.
    Works,
    /// It works where it is promised, and there are warnings.
    Warned,
    /// It is promised to no Python.
    NothingPromised,
    /// It is promised to none of the Pythons that the report is about.
    NotSelected,
    /// It is not proven that it works where it is promised.
    Doubtful,
    /// All of it was read, and it is not known whether it works somewhere where it is promised.
    NotKnown,
    /// Something could not be read.
    NotJudged,
    /// It does not work somewhere where it is promised.
    Fails,
}

impl VerdictKind {
    /// The tone of the verdict.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::NothingNative | Self::Works => Tone::Good,
            Self::Warned | Self::NothingPromised | Self::NotSelected | Self::Doubtful | Self::NotKnown => {
                Tone::Look
            }
            Self::NotJudged | Self::Fails => Tone::Bad,
        }
    }

    /// The mark in front of the verdict, and the same without characters beyond ASCII.
    pub(crate) const fn mark(self, unicode: bool) -> &'static str {
        match (self.tone(), unicode) {
            (Tone::Good, true) => "\u{2713}",
            (Tone::Good, false) => "ok",
            (Tone::Bad, true) => "\u{2717}",
            (Tone::Bad, false) => "NO",
            _ => "!",
        }
    }
}

impl Verdict {
    pub(super) fn of(
        report: &AuditReport,
        entry: &SubjectEntry,
        modules: &[Module<'_>],
        states: &[State],
    ) -> Self {
        let judge = Judge { report, entry, modules, states };
        let (kind, sentence) = judge.verdict();
        Self { kind, sentence }
    }
}

struct Judge<'a> {
    report: &'a AuditReport,
    entry: &'a SubjectEntry,
    modules: &'a [Module<'a>],
    states: &'a [State],
}

impl Judge<'_> {
    fn verdict(&self) -> (VerdictKind, String) {
        let (kind, mut sentence) = self.main_clause();
        let unread = self.entry.errors.len();
        if unread > 0 && kind != VerdictKind::NotJudged {
            sentence = format!("{sentence} {}", self.unread());
        }
        if kind == VerdictKind::Warned
            && let Some(warning) = self.first_warning()
        {
            sentence = format!("{sentence} But {warning}.");
        }
        let extras = self.extras();
        if !extras.is_empty() {
            sentence = format!("{sentence} {}.", extras.join(", "));
        }
        (kind.max(if unread > 0 { VerdictKind::NotJudged } else { kind }), sentence)
    }

    fn main_clause(&self) -> (VerdictKind, String) {
        let errors = self.entry.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let (broken, first_error) = (self.pythons(State::Broken), errors.clone().next());
        let doubtful = [self.pythons(State::NotGuaranteed), self.pythons(State::NotKnown)];
        let not_in_tables = unknown_to_tables(self.entry);
        if !broken.is_empty() && first_error.is_some() {
            return (VerdictKind::Fails, format!("{}: {}.", self.do_not(), self.fails_in(&broken)));
        }
        if let Some(error) = first_error {
            return (VerdictKind::Fails, format!("{}: {}.", self.do_not(), with_its_subject(error)));
        }
        if !broken.is_empty() {
            return (VerdictKind::Doubtful, format!("{}: {}.", self.check(), self.fails_in(&broken)));
        }
        if !self.entry.errors.is_empty() {
            return (VerdictKind::NotJudged, self.unread());
        }
        if self.modules.is_empty() {
            return self.without_modules();
        }
        if !not_in_tables.is_empty() {
            let pythons = self.span(&not_in_tables);
            return (
                VerdictKind::NotKnown,
                format!("Not judged for CPython {pythons}: soabi's tables do not know it."),
            );
        }
        if !doubtful[1].is_empty() {
            let pythons = self.words(&doubtful[1]);
            return (VerdictKind::NotKnown, format!("It is not known whether it loads in {pythons}."));
        }
        if !doubtful[0].is_empty() {
            let pythons = self.words(&doubtful[0]);
            let says = format!("{}: nothing guarantees that it works in {pythons}.", self.check());
            return (VerdictKind::Doubtful, says);
        }
        self.works()
    }

    fn works(&self) -> (VerdictKind, String) {
        let seen = self.seen();
        if self.entry.promised.is_empty() {
            return (VerdictKind::NothingPromised, self.nothing_promised());
        }
        if seen.is_empty() {
            return (VerdictKind::NotSelected, self.not_selected());
        }
        let whole = self.entry.promised.len();
        let pythons = self.words(&seen);
        let says = if seen.len() < whole {
            let (some, who) = (seen.len(), self.who(false));
            format!("Works in {pythons}: {some} of the {whole} Pythons {who}; the others were not selected.")
        } else {
            format!("Works in every Python {}: {pythons}.", self.who(true))
        };
        (if self.is_warned() { VerdictKind::Warned } else { VerdictKind::Works }, says)
    }

    /// What the first warning says: a finding about a file begins without a subject, and has that of its rule.
    fn first_warning(&self) -> Option<String> {
        let finding = self.entry.findings.iter().find(|finding| finding.severity == Severity::Warning)?;
        match finding.object {
            None => Some(finding.message.clone()),
            Some(_) => Rule::find(&finding.rule).map(|rule| rule.summary.to_owned()),
        }
    }

    fn is_warned(&self) -> bool {
        self.entry.findings.iter().any(|finding| finding.severity > Severity::Note)
    }

    /// `Not for the selected Pythons: its tags name CPython 3.11.`
    fn not_selected(&self) -> String {
        let who = match self.entry.kind {
            SubjectKind::Object => "its file name promises",
            SubjectKind::Directory if !is_installed(self.entry) => "the file names promise",
            SubjectKind::Wheel | SubjectKind::Directory => "its tags name",
        };
        format!("Not for the selected Pythons: {who} {}.", self.words(&self.entry.promised))
    }

    /// A file whose name promises nothing.
    fn nothing_promised(&self) -> String {
        let objects = || self.modules.iter().flat_map(|module| &module.objects);
        let needs = objects().filter_map(|object| object.computed).max();
        match (needs, self.entry.kind) {
            (Some(version), _) => format!(
                "Nothing names the Pythons that it is for. By its symbols it needs Python {version} or later."
            ),
            (None, SubjectKind::Wheel) => "Its tags name no Python that could load its modules.".to_owned(),
            (None, _) => {
                "Its name does not say which Python it was built for, so nothing is promised.".to_owned()
            }
        }
    }

    fn without_modules(&self) -> (VerdictKind, String) {
        let says = match self.entry.objects.len() {
            0 => "Nothing native in it, so there is nothing to check.".to_owned(),
            number => {
                let what = count(number, "native file");
                format!("No extension module in it, but {what} that Python does not import.")
            }
        };
        (if self.is_warned() { VerdictKind::Warned } else { VerdictKind::NothingNative }, says)
    }

    /// `the import fails in 6 of the 8 Pythons that its tags name: 3.8 to 3.13`.
    fn fails_in(&self, broken: &[AbiTag]) -> String {
        let affected = self.modules.iter().filter(|module| module.states.contains(&State::Broken)).count();
        let what = match (affected, self.modules.len()) {
            (_, 1) => "the import fails".to_owned(),
            (affected, all) if affected == all => "the import of every module fails".to_owned(),
            (affected, all) => format!("the import of {affected} of {all} modules fails"),
        };
        let (who, pythons) = (self.who(false), self.words(broken));
        if self.seen().len() < self.entry.promised.len() {
            return format!("{what} in {pythons}");
        }
        match (broken.len(), self.entry.promised.len()) {
            (some, all) if some == all => format!("{what} in every Python {who}: {pythons}"),
            (some, all) => format!("{what} in {some} of the {all} Pythons {who}: {pythons}"),
        }
    }

    fn unread(&self) -> String {
        let errors = &self.entry.errors;
        if let [error] = &errors[..]
            && error.object.is_none()
        {
            return format!("Not judged: {}.", error.message);
        }
        let names: Vec<String> = errors
            .iter()
            .map(|error| error.object.clone().unwrap_or_else(|| file_name(self.entry).to_owned()))
            .collect();
        let files = count(names.len(), "file");
        format!("Not fully judged: {files} could not be read: {}.", list_of(&names, 2))
    }

    /// What else there is to know: counts of what is not the verdict.
    fn extras(&self) -> Vec<String> {
        let summary = Summary::of(std::slice::from_ref(self.entry));
        let mut extras = counted(&summary);
        // An error is in the main clause.
        let warnings = self.entry.findings.iter().filter(|finding| finding.severity == Severity::Warning);
        let rules: BTreeSet<&str> = warnings.map(|finding| finding.rule.as_str()).collect();
        if let Some(warnings) = extras.iter_mut().find(|extra| extra.contains("warning")) {
            *warnings = format!("{warnings} ({})", rules.into_iter().collect::<Vec<_>>().join(", "));
        }
        extras
    }

    fn do_not(&self) -> &'static str {
        if self.entry.kind == SubjectKind::Wheel { "Do not publish" } else { "Does not work" }
    }

    fn check(&self) -> &'static str {
        if self.entry.kind == SubjectKind::Wheel { "Check before publishing" } else { "Check it" }
    }

    /// Whose word it is that the subject works somewhere.
    fn who(&self, all: bool) -> &'static str {
        let that = if all { "its tags name" } else { "that its tags name" };
        match self.entry.kind {
            SubjectKind::Wheel => that,
            SubjectKind::Directory if is_installed(self.entry) => that,
            SubjectKind::Directory => "that the file names promise",
            SubjectKind::Object => "that its file name promises",
        }
    }

    /// The promised interpreters of the report in this state.
    fn pythons(&self, state: State) -> Vec<AbiTag> {
        let pythons = self.report.pythons.iter().zip(self.states);
        pythons.filter(|(_, seen)| **seen == state).map(|(python, _)| python.id).collect()
    }

    /// The promised interpreters that the report has predictions for.
    fn seen(&self) -> Vec<AbiTag> {
        let pythons = self.report.pythons.iter().zip(self.states);
        let pythons = pythons.filter(|(_, state)| **state != State::NotCovered).map(|(python, _)| python.id);
        pythons.filter(|python| self.entry.promised.contains(python)).collect()
    }

    fn span(&self, pythons: &[AbiTag]) -> String {
        let is_open = |tag: &String| tag.contains("abi3") || tag.starts_with("py");
        span(pythons, &known(self.report), self.entry.tags.iter().any(is_open))
    }

    /// Interpreters as a sentence has them: `CPython 3.9 and later`.
    fn words(&self, pythons: &[AbiTag]) -> String {
        cpython(pythons, &self.span(pythons))
    }
}

/// `words` about interpreters behind the name of the first one's implementation.
pub(super) fn cpython(pythons: &[AbiTag], words: &str) -> String {
    let is_cpython = pythons.first().is_some_and(|abi| Family::of(*abi) != Family::Pypy);
    if is_cpython { format!("CPython {words}") } else { words.to_owned() }
}

/// `1 error`, `2 warnings`, `1 ignored`: what is in a summary, without notes.
pub(super) fn counted(summary: &Summary) -> Vec<String> {
    let counts = [(summary.errors, "error"), (summary.warnings, "warning")];
    let mut parts: Vec<String> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| count(*number, what)).collect();
    if summary.ignored > 0 {
        parts.push(format!("{} ignored", summary.ignored));
    }
    parts
}

/// What a finding says, as a clause: most messages begin with the verb, and the file is named beside them.
fn with_its_subject(finding: &FindingEntry) -> String {
    let message = &finding.message;
    let has_subject = ["`", "the ", "its ", "not "].iter().any(|start| message.starts_with(start));
    match &finding.object {
        Some(object) if !has_subject => {
            format!("`{}` {message}", object.rsplit('/').next().unwrap_or(object))
        }
        _ => message.clone(),
    }
}
