//! One cell of a report, with all that is known of it: the file, what was promised, predicted and seen, and the commands
//! that show the same without soabi.

use std::fmt::Write;

use soabi_core::{CellId, FileName, Foreign, Gate, Rung, Verdict};
use soabi_report::matrix::{ArtifactEntry, CellEntry, MatrixReport, PythonEntry};

use crate::error::Error;

/// The text for the cell `id` of `report`.
pub(super) fn explain(report: &MatrixReport, id: &str) -> Result<String, Error> {
    let id = CellId(id.to_owned());
    let Some(cell) = report.cells.iter().find(|cell| cell.id == id) else {
        return Err(no_such_cell(report, &id));
    };
    let artifact = report.artifacts.iter().find(|artifact| artifact.id == cell.artifact);
    let python = report.pythons.iter().find(|python| python.id == cell.python);
    let mut text = Text(String::new());
    let _ = writeln!(text.0, "{}: {}\n", Foreign::new(&cell.id.0), Foreign::new(&seen(cell)));
    if let Some(artifact) = artifact {
        text.say("file", &file(artifact));
    }
    text.say("interpreter", &interpreter(cell, python));
    text.say("question", &question(cell, artifact));
    text.say("promised", &format!("{}: {}", at(cell.expectation.as_str(), cell.expected_gate), cell.why));
    match &cell.predicted {
        Some(predicted) => {
            let agrees = match cell.agrees {
                Some(true) => "; so it was",
                Some(false) => "; it was NOT so",
                None => "; nothing was seen of it",
            };
            let what = at(predicted.expect.as_str(), predicted.gate);
            text.say("predicted", &format!("{what}: {} (tables {}){agrees}", predicted.why, report.tables));
        }
        None => text.say("predicted", "nothing"),
    }
    text.say("seen", &seen(cell));
    if let Some(message) = &cell.message {
        for line in message.lines() {
            text.more(line);
        }
    }
    text.say("verdict", cell.verdict.as_str());
    if !cell.needs.is_empty() {
        text.say("needs", &cell.needs.join(", "));
    }
    for (question, answer) in &cell.evidence {
        text.say("evidence", &format!("{question}: {answer}"));
    }
    for attempt in &cell.attempts {
        text.say("tried", attempt);
    }
    for leak in &cell.leaks {
        text.say("left behind", leak);
    }
    text.say("time", &format!("{:.1} ms", cell.ms));
    if !cell.isolation.is_empty() {
        text.say("walls", &cell.isolation.join(", "));
    }
    if let Some(output) = &cell.output {
        text.0 += "\nIts last words:\n\n";
        for line in output.lines() {
            let _ = writeln!(text.0, "    {}", Foreign::new(line));
        }
    }
    if let (Some(artifact), Some(python)) = (artifact, python.and_then(started)) {
        text.0 += "\nThe same by hand, without walls:\n\n";
        for command in commands(cell, artifact, &python) {
            let _ = writeln!(text.0, "    {}", Foreign::new(&command));
        }
    }
    Ok(text.0)
}

/// Lines with a word before them.
struct Text(String);

impl Text {
    fn say(&mut self, what: &str, words: &str) {
        let _ = writeln!(self.0, "{what:<11}  {}", Foreign::new(words));
    }

    fn more(&mut self, words: &str) {
        let _ = writeln!(self.0, "{:<11}  {}", "", Foreign::new(words));
    }
}

/// `refuse at the gate name`.
fn at(what: &str, gate: Option<Gate>) -> String {
    gate.map_or_else(|| what.to_owned(), |gate| format!("{what} at the gate {gate}"))
}

fn seen(cell: &CellEntry) -> String {
    let outcome = at(cell.outcome.as_str(), cell.gate);
    if cell.verdict == Verdict::Unexpected { format!("{outcome}, against the promise") } else { outcome }
}

fn file(artifact: &ArtifactEntry) -> String {
    let member = artifact.member.as_deref().or(artifact.module.as_deref()).unwrap_or(&artifact.file_name);
    let path = artifact.path.as_deref().unwrap_or("not built");
    match &artifact.wheel {
        Some(wheel) => format!("{member}, of {wheel} ({path})"),
        None => format!("{} ({path})", artifact.file_name),
    }
}

fn interpreter(cell: &CellEntry, python: Option<&PythonEntry>) -> String {
    let version = python.and_then(|python| python.version.as_deref()).unwrap_or("of an unknown version");
    let path = python.and_then(|python| python.path.as_deref()).unwrap_or("somewhere else");
    format!("{} {version} ({path})", cell.python)
}

fn question(cell: &CellEntry, artifact: Option<&ArtifactEntry>) -> String {
    let module = artifact.and_then(|artifact| artifact.module.as_deref());
    match (cell.rung, cell.file, module) {
        (Rung::Import, FileName::Tagged, Some(module)) => format!("`import {module}`"),
        (Rung::Import, FileName::Tagged, None) => "an import under its own name".to_owned(),
        (Rung::Import, FileName::Bare, _) => "an import under the bare name".to_owned(),
        (Rung::Test, ..) => "the author's own checks".to_owned(),
        (Rung::Load | Rung::Inspect, ..) => "it is opened by its path, whatever its name is".to_owned(),
    }
}

/// What starts an interpreter in a shell.
fn started(python: &PythonEntry) -> Option<String> {
    let words = python.emulator.iter().chain(python.path.as_ref());
    python.path.is_some().then(|| words.map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// What shows the same in a shell, where `python` starts the interpreter.
fn commands(cell: &CellEntry, artifact: &ArtifactEntry, python: &str) -> Vec<String> {
    let Some(path) = &artifact.path else { return artifact.commands.clone() };
    let is_wheel = artifact.wheel.is_some() && path.ends_with(".whl");
    let mut commands = Vec::new();
    let (site, file) = if is_wheel {
        commands.push(format!("unzip -q -d site {}", quoted(path)));
        if artifact.member.as_ref().is_some_and(|member| member.contains(".data/")) {
            commands.push("cp -r site/*.data/platlib/. site/*.data/purelib/. site/".to_owned());
        }
        ("site".to_owned(), format!("site/{}", artifact.member.as_deref().unwrap_or_default()))
    } else {
        let member = artifact.member.as_deref().unwrap_or(&artifact.file_name);
        let site = path.strip_suffix(member).unwrap_or(path).trim_end_matches('/');
        (site.to_owned(), path.clone())
    };
    let module = artifact
        .module
        .as_deref()
        .unwrap_or_else(|| artifact.file_name.split('.').next().unwrap_or_default());
    commands.push(match (cell.rung, cell.file) {
        (Rung::Load | Rung::Inspect, _) => {
            let code = format!("import ctypes; ctypes.PyDLL({file:?}, 2)");
            format!("{python} -c {}", quoted(&code))
        }
        (_, FileName::Bare) => {
            let copy = format!("mkdir bare && cp {} bare/{module}.so", quoted(&file));
            format!("{copy} && PYTHONPATH=bare {python} -c {}", quoted(&format!("import {module}")))
        }
        (Rung::Test, _) => format!("PYTHONPATH={} {}", quoted(&site), artifact.commands.join(" && ")),
        (Rung::Import, _) => {
            format!("PYTHONPATH={} {python} -c {}", quoted(&site), quoted(&format!("import {module}")))
        }
    });
    commands
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn no_such_cell(report: &MatrixReport, id: &CellId) -> Error {
    let mut ids: Vec<&CellId> = report.cells.iter().map(|cell| &cell.id).collect();
    ids.sort_by_cached_key(|other| strsim::damerau_levenshtein(&other.0, &id.0));
    let nearest: Vec<String> = ids.iter().take(3).map(|id| format!("`{id}`")).collect();
    let help = if nearest.is_empty() {
        "the report has no cells".to_owned()
    } else {
        format!("the nearest are {}", nearest.join(", "))
    };
    Error::NoSuchCell { why: format!("the report has no cell `{id}`"), help }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain-1.0+x", "plain-1.0+x")]
    #[case("two words", "'two words'")]
    #[case("it's", "'it'\\''s'")]
    #[case("$(rm x)", "'$(rm x)'")]
    #[case("", "''")]
    fn words_of_a_shell(#[case] word: &str, #[case] expected: &str) {
        assert_eq!(quoted(word), expected);
    }
}
