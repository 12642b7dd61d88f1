//! `soabi load` for people: one line for the interpreters that say the same, or everything about each.

use soabi_core::{AbiTag, Gate, OutcomeKind};
use soabi_report::load::LoadEntry;

use super::columns::{name, span};
use super::page::{Page, Span, Tone};
use super::view::View;

/// The widest column of interpreters.
const WIDEST: usize = 34;

/// The report: of one interpreter, and with `-v` of all, in full.
pub(crate) fn human(artifact: &str, loads: &[LoadEntry], view: &View) -> String {
    let mut page = Page::new(view);
    page.line(&[Span::new(Tone::Strong, artifact)]);
    if loads.len() > 1 && view.verbosity == 0 {
        ranges(&mut page, artifact, loads);
    } else {
        for load in loads {
            in_full(&mut page, load);
        }
    }
    page.finish()
}

/// The answer of several interpreters: what happened, and the loader's words without the path of the file.
#[derive(PartialEq, Eq)]
struct Answer<'a> {
    outcome: OutcomeKind,
    gate: Option<Gate>,
    message: &'a str,
}

impl<'a> Answer<'a> {
    fn of(load: &'a LoadEntry, artifact: &str) -> Self {
        let mut message = load.message.as_deref().unwrap_or_default();
        // The loader begins with the path that it was given, which may be longer than the one that the user gave.
        while let Some((path, words)) = message.split_once(": ")
            && path.ends_with(artifact)
        {
            message = words;
        }
        Self { outcome: load.outcome, gate: load.gate, message }
    }
}

fn ranges(page: &mut Page<'_>, artifact: &str, loads: &[LoadEntry]) {
    let all: Vec<AbiTag> = loads.iter().map(|load| load.python).collect();
    let mut groups: Vec<(Answer<'_>, Vec<AbiTag>)> = Vec::new();
    for load in loads {
        let answer = Answer::of(load, artifact);
        match groups.iter_mut().find(|(other, _)| *other == answer) {
            Some((_, pythons)) => pythons.push(load.python),
            None => groups.push((answer, vec![load.python])),
        }
    }
    let names: Vec<String> = groups.iter().map(|(_, pythons)| span(pythons, &all, false)).collect();
    let width = names.iter().map(|names| names.chars().count()).max().unwrap_or(0).min(WIDEST);
    for ((answer, _), names) in groups.iter().zip(&names) {
        let pythons = format!("  {names:<width$}  ");
        let words = words(answer.outcome, answer.gate);
        if names.chars().count() > width {
            page.paragraph(&[Span::plain("  ")], 2, Tone::Plain, names);
        }
        let label = if names.chars().count() > width { " ".repeat(width + 4) } else { pythons };
        let said = if answer.message.is_empty() { String::new() } else { format!(": {}", answer.message) };
        let spans = [Span::plain(&label), Span::new(tone(answer.outcome), &words)];
        page.paragraph(&spans, width + 4, Tone::Plain, &said);
    }
    page.blank();
    let accepted = loads.iter().filter(|load| load.outcome == OutcomeKind::Accepted).count();
    let sentence = format!(
        "It loads beside {accepted} of {} interpreters. No init function was called: `soabi matrix` imports it. \
         -v shows each interpreter, its library and the symbols.",
        loads.len()
    );
    page.paragraph(&[], 2, Tone::Plain, &sentence);
}

fn in_full(page: &mut Page<'_>, load: &LoadEntry) {
    page.blank();
    page.line(&[
        Span::new(Tone::Strong, &name(load.python)),
        Span::plain(&format!("  {} {}", load.python, load.version)),
    ]);
    let library = load.libpython.as_deref().unwrap_or("no shared libpython, through its ctypes");
    page.line(&[Span::new(Tone::Dim, "  beside   "), Span::plain(library)]);
    page.line(&[Span::new(Tone::Dim, "  symbol   "), Span::plain(&load.symbols.join(", then "))]);
    let words = words(load.outcome, load.gate);
    page.line(&[Span::new(Tone::Dim, "  outcome  "), Span::new(tone(load.outcome), &words)]);
    if let Some(message) = &load.message {
        page.paragraph(&[Span::plain("           ")], 11, Tone::Plain, message);
    }
}

fn words(outcome: OutcomeKind, gate: Option<Gate>) -> String {
    match gate {
        Some(gate) => format!("{outcome} at {gate}"),
        None => outcome.to_string(),
    }
}

const fn tone(outcome: OutcomeKind) -> Tone {
    match outcome {
        OutcomeKind::Accepted => Tone::Good,
        OutcomeKind::NotRun => Tone::Look,
        _ => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(python: &str, outcome: OutcomeKind, message: Option<&str>) -> LoadEntry {
        LoadEntry {
            python: python.parse().unwrap(),
            version: "3.9.18".to_owned(),
            libpython: None,
            symbols: vec!["PyInit_spam".to_owned()],
            outcome,
            gate: message.is_some().then_some(Gate::Symbols),
            message: message.map(str::to_owned),
        }
    }

    fn shown(loads: &[LoadEntry], verbosity: i8) -> String {
        let view = View { verbosity, ..View::default() };
        anstream::adapter::strip_str(&human("spam.so", loads, &view)).to_string()
    }

    #[test]
    fn interpreters_that_say_the_same_are_one_line() {
        let missing = Some("/tmp/x/spam.so: undefined symbol: _PyUnicode_Ready");
        let loads = [
            load("cp39", OutcomeKind::Accepted, None),
            load("cp310", OutcomeKind::Accepted, None),
            load("cp311", OutcomeKind::Accepted, None),
            load("cp312", OutcomeKind::Refused, missing),
            load("cp313t", OutcomeKind::Refused, missing),
        ];
        let text = shown(&loads, 0);
        let (lines, sentence) = text.split_once("\n\n").unwrap();
        let expected = [
            "spam.so",
            "  3.9 to 3.11     accepted",
            "  3.12 and 3.13t  refused at symbols: undefined symbol: _PyUnicode_Ready",
        ];
        assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
        assert!(sentence.starts_with("It loads beside 3 of 5 interpreters."), "{sentence}");
        assert_eq!(shown(&loads, 1).matches("symbol   PyInit_spam").count(), 5);
    }

    #[test]
    fn one_interpreter_is_shown_in_full() {
        let text = shown(&[load("cp39", OutcomeKind::Accepted, None)], 0);
        assert!(
            text.contains("\n3.9  cp39 3.9.18\n  beside   ") && text.ends_with("  outcome  accepted\n"),
            "{text}"
        );
    }
}
