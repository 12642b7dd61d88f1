//! Why modules do not load, or may not: the predictions' reasons, those that are the same together.

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, Gate, Prediction, PredictionKind};

use super::evidence::{list_of, list_of_some};
use super::module::{State, known};
use super::overview::{Overseen, Overview};
use crate::output::columns::{name, span};
use crate::output::view::View;

/// A reason, and where it applies.
pub(super) struct Reason {
    /// What becomes of the modules.
    pub(super) state: State,
    /// The interpreters, in words.
    pub(super) pythons: String,
    /// The modules, in words; empty for all of them.
    pub(super) modules: String,
    /// The reason.
    pub(super) text: String,
}

/// The first reason why a subject is not ready for a required interpreter: `3.15: does not look for ...`.
pub(super) fn of_required(overview: &Overview<'_>, subject: &Overseen<'_>) -> Option<String> {
    let reasons = required(overview, subject);
    reasons.first().map(|(text, _)| text.clone())
}

/// The reasons why `subjects` are not ready, the most frequent first, and for how many of them each holds. Files that are
/// not found are named by their suffix, which they have in common.
pub(super) fn summary(overview: &Overview<'_>, subjects: &[&Overseen<'_>]) -> Vec<(String, usize)> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for subject in subjects {
        let texts: BTreeSet<String> =
            required(overview, subject).into_iter().map(|(text, file)| by_suffix(&text, &file)).collect();
        for text in texts {
            *numbers.entry(text).or_default() += 1;
        }
    }
    let mut reasons: Vec<(String, usize)> = numbers.into_iter().collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    reasons
}

/// `does not look for a file named spam.abi3.so` with `*.abi3.so`.
fn by_suffix(text: &str, file: &str) -> String {
    match file.find('.') {
        Some(at) if at > 0 && text.contains(file) => {
            text.replace(&format!("a file named {file}"), &format!("files named *{}", &file[at..]))
        }
        _ => text.to_owned(),
    }
}

/// Why modules are not ready for required interpreters, and the file that each is about.
fn required(overview: &Overview<'_>, subject: &Overseen<'_>) -> Vec<(String, String)> {
    let mut reasons = Vec::new();
    for (index, python) in overview.report.pythons.iter().enumerate() {
        if !overview.report.required.contains(&python.id) {
            continue;
        }
        for module in &subject.modules {
            let state = module.states[index];
            let Some(prediction) = module.predictions.get(index) else { continue };
            if !matches!(state, State::Works | State::Flagged) {
                let file = file_of(module, prediction);
                let why = why(state, prediction, &file, overview.most_names);
                reasons.push((format!("{}: {why}", name(python.id)), file));
            }
        }
    }
    reasons
}

/// Why an interpreter does not load a module, or may not.
fn why(state: State, prediction: &Prediction, file: &str, most_names: usize) -> String {
    if state == State::NotReady && prediction.expect == PredictionKind::Accept {
        "its tags do not name it, so installers do not take it".to_owned()
    } else {
        text(prediction, file, most_names)
    }
}

struct Group<'a> {
    state: State,
    /// The reason, of a file that is not found by its suffix: files of one wheel have it in common.
    text: String,
    /// The reason as it is for the first of them.
    of_one: String,
    pythons: Vec<AbiTag>,
    modules: Vec<&'a str>,
}

/// The reasons of a subject: of what is promised and does not simply work, of real interpreters, and with more
/// verbosity of everything.
pub(super) fn of(overview: &Overview<'_>, subject: &Overseen<'_>, view: &View) -> Vec<Reason> {
    let pythons = &overview.report.pythons;
    let mut groups: Vec<Group<'_>> = Vec::new();
    for module in &subject.modules {
        for &column in &overview.columns {
            let state = module.states[column];
            let is_asked = view.verbosity > 0 || pythons[column].path.is_some();
            let matters = match state {
                State::Works | State::Flagged => false,
                State::NotCovered => is_asked,
                State::NotKnown
                | State::NotGuaranteed
                | State::NotKnownReady
                | State::NotReady
                | State::Broken => true,
            };
            let Some(prediction) = module.predictions.get(column).filter(|_| matters) else { continue };
            let file = file_of(module, prediction);
            let of_one = why(state, prediction, &file, view.most_names());
            let text = by_suffix(&of_one, &file);
            let same = |group: &&mut Group<'_>| group.state == state && group.text == text;
            match groups.iter_mut().find(same) {
                Some(group) => {
                    group.pythons.push(pythons[column].id);
                    group.modules.push(&module.name);
                }
                None => groups.push(Group {
                    state,
                    text,
                    of_one,
                    pythons: vec![pythons[column].id],
                    modules: vec![&module.name],
                }),
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.state));
    let all = known(overview.report);
    let most = if view.verbosity > 0 { view.most_names() } else { 2 };
    let reason = |mut group: Group<'_>| {
        group.pythons.sort();
        group.pythons.dedup();
        group.modules.dedup();
        let names: Vec<String> = group.modules.iter().map(|&name| name.to_owned()).collect();
        let modules =
            if names.len() == subject.modules.len() { String::new() } else { list_of(&names, most) };
        let text = if names.len() > 1 { group.text } else { group.of_one };
        Reason { state: group.state, pythons: span(&group.pythons, &all, false), modules, text }
    };
    groups.into_iter().map(reason).collect()
}

/// The name of the file that the prediction is about.
pub(super) fn file_of(module: &super::module::Module<'_>, prediction: &Prediction) -> String {
    let object = module.objects.iter().find(|object| object.predictions.contains(prediction));
    let member = object.and_then(|object| object.member.as_deref()).unwrap_or_default();
    member.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The reason of a prediction in words; `file` is the name of the file that it is about.
pub(super) fn text(prediction: &Prediction, file: &str, most_names: usize) -> String {
    let missing = &prediction.missing;
    match prediction.gate {
        Some(Gate::Symbols) if !missing.is_empty() => {
            format!("undefined symbol: {}", list_of_some(missing, prediction.missing_more, most_names))
        }
        // A folder may be what is not found.
        Some(Gate::Name) if !file.is_empty() && prediction.why.contains(file) => {
            format!("does not look for a file named {file}")
        }
        _ => {
            let why = &prediction.why;
            why.strip_prefix(&format!("{} ", prediction.python)).unwrap_or(why).to_owned()
        }
    }
}
