//! The matrix for people: the picture, then a line for everything that needs one, then the sums.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::{ExpectationKind, Verdict};
use soabi_report::matrix::{CellEntry, MatrixReport, NotApplicable};

use super::picture;
use crate::output::count;

const BOLD: Style = Style::new().bold();

/// Renders the report for a terminal of `width` columns.
pub(super) fn render(report: &MatrixReport, width: usize) -> String {
    let mut text = picture::draw(report, width);
    let _ = write!(text, "\n{}", picture::legend());
    unexpected(&mut text, &report.cells);
    disagreements(&mut text, &report.cells);
    not_built(&mut text, report);
    errors(&mut text, &report.errors);
    let _ = writeln!(text);
    pythons(&mut text, report);
    not_applicable(&mut text, &report.not_applicable);
    luck(&mut text, &report.cells);
    sums(&mut text, report);
    text
}

/// One line per broken promise, with both sides of it.
fn unexpected(text: &mut String, cells: &[CellEntry]) {
    let red = BOLD.fg_color(Some(AnsiColor::Red.into()));
    let mut heading = format!("\n{red}unexpected{red:#}\n");
    for cell in cells.iter().filter(|cell| cell.verdict == Verdict::Unexpected) {
        text.push_str(&std::mem::take(&mut heading));
        let at = |gate: Option<soabi_core::Gate>| gate.map(|gate| format!(" at {gate}")).unwrap_or_default();
        let seen = format!("{}{}", cell.outcome, at(cell.gate));
        let expected = format!("{}{}", cell.expectation, at(cell.expected_gate));
        let message = cell.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let _ = writeln!(text, "  {}: {seen}{message} (expected {expected}: {})", cell.id, cell.why);
    }
}

/// Where the auditor predicted something else than the interpreter did.
fn disagreements(text: &mut String, cells: &[CellEntry]) {
    let mut heading = format!("\n{BOLD}predicted otherwise{BOLD:#} (a bug in soabi; please report it)\n");
    for cell in cells.iter().filter(|cell| cell.agrees == Some(false)) {
        text.push_str(&std::mem::take(&mut heading));
        let _ = writeln!(text, "  {}: {}", cell.id, cell.message.as_deref().unwrap_or(cell.outcome.as_str()));
    }
}

/// The specimens that there are none of, those with the same reason together.
fn not_built(text: &mut String, report: &MatrixReport) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for artifact in &report.artifacts {
        if let Some(why) = &artifact.not_built {
            reasons.entry(why).or_default().push(&artifact.id.0);
        }
    }
    if !reasons.is_empty() {
        let _ = writeln!(text, "\n{BOLD}not built{BOLD:#}");
    }
    for (why, ids) in reasons {
        let _ = writeln!(text, "  {}: {why}", ids.join(", "));
    }
}

fn errors(text: &mut String, errors: &[String]) {
    if !errors.is_empty() {
        let _ = writeln!(text, "\n{BOLD}could not be done{BOLD:#}");
    }
    for error in errors {
        let _ = writeln!(text, "  {error}");
    }
}

/// Which interpreters there are, and which there are not.
fn pythons(text: &mut String, report: &MatrixReport) {
    let found: Vec<_> = report
        .pythons
        .iter()
        .filter(|python| python.found)
        .map(|python| python.version.clone().unwrap_or_else(|| python.id.to_string()))
        .collect();
    let _ = writeln!(text, "{}: {}", count(found.len(), "interpreter"), found.join(", "));
    let excluded: Vec<_> =
        report.pythons.iter().filter(|python| python.excluded).map(|python| python.id.to_string()).collect();
    if !excluded.is_empty() {
        let _ = writeln!(text, "narrowed with --python: without {}", excluded.join(", "));
    }
    for python in report.pythons.iter().filter(|python| !python.found && !python.excluded) {
        let help = python.help.as_deref().unwrap_or("no way to get it is known");
        let _ = writeln!(text, "missing: {} ({help})", python.id);
    }
}

/// Counted, with the reasons: what cannot exist is not silently absent.
fn not_applicable(text: &mut String, entries: &[NotApplicable]) {
    if entries.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for entry in entries {
        *reasons.entry((&entry.flavor, &entry.because)).or_default() += 1;
    }
    let _ = writeln!(text, "not applicable: {}", count(entries.len(), "specimen"));
    for ((flavor, because), number) in reasons {
        let _ = writeln!(text, "  {number} x {flavor}: {because}");
    }
}

/// What luck did, counted by outcome.
fn luck(text: &mut String, cells: &[CellEntry]) {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells
        .iter()
        .filter(|cell| cell.expectation == ExpectationKind::Luck && cell.verdict == Verdict::AsExpected)
    {
        *outcomes.entry(cell.outcome.as_str()).or_default() += 1;
    }
    let list: Vec<_> = outcomes.iter().map(|(outcome, number)| format!("{number} {outcome}")).collect();
    if !list.is_empty() {
        let _ = writeln!(text, "luck: {}", list.join(", "));
    }
}

fn sums(text: &mut String, report: &MatrixReport) {
    let summary = &report.summary;
    let color =
        if summary.unexpected > 0 || !report.errors.is_empty() { AnsiColor::Red } else { AnsiColor::Green };
    let style = BOLD.fg_color(Some(color.into()));
    let _ = writeln!(
        text,
        "{style}{}{style:#}: {} as expected, {} unexpected, {} luck, {} not run",
        count(summary.cells, "cell"),
        summary.as_expected,
        summary.unexpected,
        summary.luck,
        summary.not_run
    );
    if let Some(shard) = &report.shard {
        let _ = writeln!(text, "part {} of a run; `soabi merge` brings the parts together", shard.part);
    }
    if summary.predicted > 0 {
        let agreed = summary.predicted - summary.disagreements;
        let _ = writeln!(text, "predicted: {agreed} of {} as seen", count(summary.predicted, "cell"));
    }
}
