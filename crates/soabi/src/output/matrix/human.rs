//! The matrix for people: the verdict, families of builds or single modules, what needs a look, and the verdict again.

use std::collections::BTreeMap;
use std::io::{self, Write};

use soabi_core::{ExpectationKind, FileName, Gate, OutcomeKind, PythonId, Rung, Verdict};
use soabi_report::matrix::{ArtifactEntry, CellEntry, IsolationEntry, MatrixReport, NotApplicable};

use super::overview::{Family, GIVEN, families, verdict};
use super::picture::{self, BLOCKS};
use super::wheels;
use crate::output::columns::span;
use crate::output::format::Format;
use crate::output::page::{Page, Span, Tone};
use crate::output::text::count;
use crate::output::view::View;

/// Up to this many specimens are drawn as squares without being asked for.
const FEW: usize = 12;

/// The question whose answer is what calls left.
const LEFT_BY_CALLS: &str = "left-by-calls";

/// Of more cells of a kind only the first are listed.
const MOST: usize = 20;

/// The format for people.
pub(super) struct Human;

impl Format<MatrixReport> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "The verdict, a table of builds or modules, and everything unexpected"
    }

    fn render(&self, report: &MatrixReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(view);
        heading(&mut page, report);
        let given: Vec<_> = report.artifacts.iter().filter(|artifact| artifact.flavor == GIVEN).collect();
        let squares =
            view.squares || view.verbosity > 1 || (given.is_empty() && report.artifacts.len() <= FEW);
        if squares {
            page.blank();
            crate::output::picture::draw(&mut page, &picture::of(report));
        }
        if !given.is_empty() {
            for entry in &report.given {
                wheels::draw(&mut page, report, entry);
            }
            for artifact in given.into_iter().filter(|artifact| artifact.wheel.is_none()) {
                by_python(&mut page, report, artifact);
            }
        } else if !squares {
            page.blank();
            table(&mut page, &families(report));
        }
        disagreements(&mut page, &report.cells);
        unexpected(&mut page, &report.cells);
        unmet(&mut page, report);
        tried(&mut page, &report.cells);
        left_behind(&mut page, &report.cells);
        left_by_calls(&mut page, &report.cells);
        not_built(&mut page, report);
        errors(&mut page, &report.errors);
        page.blank();
        pythons(&mut page, report);
        walls(&mut page, report.isolation.as_ref());
        not_applicable(&mut page, &report.not_applicable);
        sums(&mut page, report);
        out.write_all(page.finish().as_bytes())
    }
}

/// The verdict in a word, and what was run.
fn heading(page: &mut Page<'_>, report: &MatrixReport) {
    let (tone, word, _) = verdict(report);
    let mut pythons: Vec<PythonId> = report.cells.iter().map(|cell| cell.python).collect();
    pythons.sort();
    pythons.dedup();
    let (modules, pythons) = (count(report.artifacts.len(), "module"), count(pythons.len(), "Python"));
    let words = format!("  {modules} in {pythons}, {}", count(report.summary.cells, "cell"));
    page.paragraph(&[Span::new(tone, word)], 2, Tone::Plain, &words);
}

/// A line for each family of builds.
fn table(page: &mut Page<'_>, families: &[Family]) {
    type Column = (&'static str, fn(&Family) -> usize, Tone);
    let columns: [Column; 9] = [
        ("builds", |family| family.builds, Tone::Plain),
        ("work", |family| family.works, Tone::Good),
        ("refused", |family| family.refused, Tone::Plain),
        ("BROKEN", |family| family.broken, Tone::Bad),
        ("work", |family| family.lucky, Tone::Dim),
        ("refused", |family| family.unlucky, Tone::Dim),
        ("WRONG", |family| family.wrong, Tone::Look),
        ("CRASH", |family| family.crashes, Tone::Look),
        ("not run", |family| family.not_run, Tone::Dim),
    ];
    let occurs = |column: &Column| families.iter().any(|family| column.1(family) > 0);
    let shown: Vec<(usize, &Column)> =
        columns.iter().enumerate().filter(|(_, column)| occurs(column)).collect();
    let label = families.iter().map(|family| family.name.len()).max().unwrap_or(0);
    let width = |column: &Column| column.0.len().max(5) + 2;
    let group = |range: std::ops::Range<usize>| -> usize {
        shown.iter().filter(|(at, _)| range.contains(at)).map(|(_, column)| width(column)).sum()
    };
    let (builds, promised, other) = (group(0..1), group(1..4), group(4..8));
    let promised_title = if promised > 0 { "as promised" } else { "" };
    let other_title = if other > 0 { "without a promise" } else { "" };
    let titles = format!("  {:label$}{:builds$}{promised_title:>promised$}{other_title:>other$}", "", "");
    page.line(&[Span::new(Tone::Strong, &titles)]);
    let mut line = |name: &str, cells: Vec<(Tone, String)>| {
        let name = format!("  {name:label$}");
        let mut spans = vec![Span::plain(&name)];
        spans.extend(cells.iter().map(|(tone, text)| Span::new(*tone, text)));
        page.line(&spans);
    };
    let heads = shown.iter().map(|(_, column)| (Tone::Dim, format!("{:>1$}", column.0, width(column))));
    line("", heads.collect());
    for family in families {
        let cell = |(_, column): &(usize, &Column)| {
            let number = match column.1(family) {
                0 => "-".to_owned(),
                number => number.to_string(),
            };
            let tone = if number == "-" { Tone::Dim } else { column.2 };
            (tone, format!("{number:>0$}", width(column)))
        };
        line(&family.name, shown.iter().map(cell).collect());
    }
}

/// A module that the user named: a line for neighbouring interpreters in which the same happened.
fn by_python(page: &mut Page<'_>, report: &MatrixReport, artifact: &ArtifactEntry) {
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let has_cells = |(rung, file, _): &(Rung, FileName, &str)| {
        let is_in =
            |cell: &CellEntry| cell.artifact == artifact.id && (cell.rung, cell.file) == (*rung, *file);
        report.cells.iter().any(is_in)
    };
    let blocks: Vec<_> = BLOCKS.into_iter().filter(has_cells).collect();
    // An ordinary import is what people want to know about.
    let most = if page.view().verbosity > 0 { blocks.len() } else { 1 };
    for (rung, file, title) in blocks.iter().copied().take(most) {
        let is_here =
            |cell: &&CellEntry| cell.artifact == artifact.id && (cell.rung, cell.file) == (rung, file);
        let mut groups: Vec<(String, Tone, Vec<PythonId>)> = Vec::new();
        for cell in report.cells.iter().filter(is_here) {
            let (tone, words) = words(cell);
            match groups.iter_mut().find(|group| group.0 == words) {
                Some(group) => group.2.push(cell.python),
                None => groups.push((words, tone, vec![cell.python])),
            }
        }
        page.blank();
        page.line(&[Span::new(Tone::Strong, &artifact.id.0), Span::plain(": "), Span::plain(title)]);
        for (words, tone, pythons) in &groups {
            let pythons = span(pythons, &all, false);
            let label = [Span::plain("  "), Span::new(*tone, &pythons)];
            page.paragraph(&label, 6, Tone::Plain, &format!(": {words}"));
        }
    }
    let rest: Vec<&str> = blocks.iter().skip(most).map(|(_, _, title)| *title).collect();
    if !rest.is_empty() {
        let words = format!("also run: {}; -v shows the results", rest.join("; "));
        page.paragraph(&[Span::plain("  ")], 4, Tone::Dim, &words);
    }
}

/// What happened in a cell, against what was promised.
fn words(cell: &CellEntry) -> (Tone, String) {
    let message = cell.message.as_deref().unwrap_or_default();
    let happened = match (cell.outcome, cell.gate) {
        (OutcomeKind::Accepted, _) => "works".to_owned(),
        (OutcomeKind::Refused, Some(Gate::Name)) => format!("not found: {message}"),
        (OutcomeKind::Refused, Some(Gate::Platform)) => format!("not for this platform: {message}"),
        (OutcomeKind::Refused, Some(Gate::Symbols)) => format!("cannot be linked: {message}"),
        (OutcomeKind::Refused, Some(Gate::Runtime) | None) => format!("refused: {message}"),
        (OutcomeKind::Wrong, _) => format!("wrong results: {message}"),
        (OutcomeKind::Crashed, _) => format!("crashes: {message}"),
        (OutcomeKind::Vanished | OutcomeKind::TimedOut, _) => message.to_owned(),
        (OutcomeKind::NotRun, _) => format!("not run: {message}"),
    };
    let is_danger = !matches!(cell.outcome, OutcomeKind::Accepted | OutcomeKind::Refused);
    match (cell.verdict, cell.expectation) {
        (Verdict::NotRun, _) => (Tone::Dim, happened),
        (Verdict::Unexpected, expectation) => {
            (Tone::Bad, format!("{happened} (expected: {expectation}, {})", cell.why))
        }
        (_, ExpectationKind::Accept) => (Tone::Good, format!("{happened}, as promised")),
        (_, ExpectationKind::Refuse) => (Tone::Dim, format!("{happened} (as expected)")),
        (_, ExpectationKind::Luck) if is_danger => {
            (Tone::Look, format!("{happened} (nothing is promised: {})", cell.why))
        }
        (_, ExpectationKind::Luck) => (Tone::Dim, format!("{happened} (nothing is promised: {})", cell.why)),
    }
}

/// A line for each broken promise, with both sides of it.
fn unexpected(page: &mut Page<'_>, cells: &[CellEntry]) {
    let broken: Vec<_> = cells.iter().filter(|cell| cell.verdict == Verdict::Unexpected).collect();
    list(page, Tone::Bad, "unexpected", "", &broken, |cell| {
        let at = |gate: Option<Gate>| gate.map(|gate| format!(" at {gate}")).unwrap_or_default();
        let seen = format!("{}{}", cell.outcome, at(cell.gate));
        let expected = format!("{}{}", cell.expectation, at(cell.expected_gate));
        let message = cell.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        format!("{seen}{message} (expected {expected}: {})", cell.why)
    });
}

/// The interpreters that are required, and that were not witnessed.
fn unmet(page: &mut Page<'_>, report: &MatrixReport) {
    if report.unmet.is_empty() {
        return;
    }
    page.blank();
    page.line(&[Span::new(Tone::Bad, "required, and not witnessed")]);
    for unmet in &report.unmet {
        let python = report.pythons.iter().find(|python| python.id == unmet.python);
        let help = python.filter(|python| !python.found).and_then(|python| python.help.as_deref());
        let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
        let words = format!("{} in {}: {}{help}", unmet.name, unmet.python, unmet.why);
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &words);
    }
}

/// Where the auditor predicted something else than what happened.
fn disagreements(page: &mut Page<'_>, cells: &[CellEntry]) {
    let differ: Vec<_> = cells.iter().filter(|cell| cell.agrees == Some(false)).collect();
    let meaning = "`soabi audit` predicts something else than what happened here. If the module lacks another module \
                   or a library, or fails by a fault of its own, that is why. If not, it is a bug in soabi: please \
                   report it with the module and `--format json`.";
    list(page, Tone::Look, "predicted otherwise", meaning, &differ, |cell| {
        cell.message.clone().unwrap_or_else(|| cell.outcome.to_string())
    });
}

/// What modules left when their processes had ended. soabi has ended and removed it.
fn left_behind(page: &mut Page<'_>, cells: &[CellEntry]) {
    let leaky: Vec<_> = cells.iter().filter(|cell| !cell.leaks.is_empty()).collect();
    list(page, Tone::Look, "left behind", "", &leaky, |cell| cell.leaks.join(", "));
}

/// What modules tried to do to something that is not their own.
fn tried(page: &mut Page<'_>, cells: &[CellEntry]) {
    let bold: Vec<_> = cells.iter().filter(|cell| !cell.attempts.is_empty()).collect();
    let meaning =
        "This is what the walls are there for: where all of them are up, nothing outside was reached.";
    list(page, Tone::Look, "tried", meaning, &bold, |cell| cell.attempts.join(", "));
}

/// What the calls left that the user asked for.
fn left_by_calls(page: &mut Page<'_>, cells: &[CellEntry]) {
    let called: Vec<_> = cells.iter().filter(|cell| cell.evidence.contains_key(LEFT_BY_CALLS)).collect();
    let meaning = "All calls together left this; a few may be from counting.";
    list(page, Tone::Look, "left by calls", meaning, &called, |cell| cell.evidence[LEFT_BY_CALLS].clone());
}

fn list(
    page: &mut Page<'_>,
    tone: Tone,
    title: &str,
    meaning: &str,
    cells: &[&CellEntry],
    words: impl Fn(&CellEntry) -> String,
) {
    if cells.is_empty() {
        return;
    }
    page.blank();
    page.line(&[Span::new(tone, title)]);
    if !meaning.is_empty() {
        page.paragraph(&[Span::plain("  ")], 2, Tone::Dim, meaning);
    }
    let most = if page.view().verbosity > 0 { usize::MAX } else { MOST };
    for cell in cells.iter().take(most) {
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &format!("{}: {}", cell.id, words(cell)));
    }
    if cells.len() > most {
        let more = format!("and {} more: -v lists them", cells.len() - most);
        page.paragraph(&[Span::plain("  ")], 4, Tone::Dim, &more);
    }
}

/// The specimens that are missing, those with the same reason together.
fn not_built(page: &mut Page<'_>, report: &MatrixReport) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for artifact in &report.artifacts {
        if let Some(why) = &artifact.not_built {
            reasons.entry(why).or_default().push(&artifact.id.0);
        }
    }
    if !reasons.is_empty() {
        page.blank();
        page.line(&[Span::new(Tone::Strong, "not built")]);
    }
    for (why, ids) in reasons {
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &format!("{}: {why}", ids.join(", ")));
    }
}

fn errors(page: &mut Page<'_>, errors: &[String]) {
    if !errors.is_empty() {
        page.blank();
        page.line(&[Span::new(Tone::Bad, "could not be done")]);
    }
    for error in errors {
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, error);
    }
}

/// Which interpreters were found, and which are missing.
fn pythons(page: &mut Page<'_>, report: &MatrixReport) {
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let of = |wanted: &dyn Fn(&soabi_report::matrix::PythonEntry) -> bool| -> Vec<PythonId> {
        report.pythons.iter().filter(|python| wanted(python)).map(|python| python.id).collect()
    };
    let found = of(&|python| python.found);
    let words = format!("{}: {}", count(found.len(), "interpreter"), span(&found, &all, false));
    page.paragraph(&[], 2, Tone::Plain, &words);
    let excluded = of(&|python| python.excluded);
    if !excluded.is_empty() {
        let words = format!("not selected (--python): {}", span(&excluded, &all, false));
        page.paragraph(&[], 2, Tone::Dim, &words);
    }
    let missing = report.pythons.iter().filter(|python| !python.found && !python.excluded);
    if !report.given.is_empty() {
        let missing: Vec<PythonId> = missing.map(|python| python.id).collect();
        if !missing.is_empty() {
            let words =
                format!("not here: {}; `soabi pythons --install` gets them", span(&missing, &all, false));
            page.paragraph(&[], 2, Tone::Dim, &words);
        }
        return;
    }
    for python in missing {
        let help = python.help.as_deref().unwrap_or("no way to get it is known");
        page.paragraph(&[], 2, Tone::Plain, &format!("missing: {} ({help})", python.id));
    }
}

/// The walls that were missing around the cells, those with the same reason together. Nothing where all were up.
fn walls(page: &mut Page<'_>, isolation: Option<&IsolationEntry>) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (wall, why) in isolation.iter().flat_map(|isolation| &isolation.missing) {
        reasons.entry(why).or_default().push(wall);
    }
    if reasons.is_empty() {
        return;
    }
    let is_up = isolation.is_some_and(|isolation| !isolation.walls.is_empty());
    let reasons: Vec<String> = match (reasons.keys().next(), is_up) {
        (Some(why), false) if reasons.len() == 1 => vec![format!("all of them ({why})")],
        _ => reasons.iter().map(|(why, walls)| format!("{} ({why})", walls.join(", "))).collect(),
    };
    page.paragraph(&[], 2, Tone::Look, &format!("walls missing: {}", reasons.join("; ")));
}

/// Counted, with the reasons: what cannot exist is not silently absent.
fn not_applicable(page: &mut Page<'_>, entries: &[NotApplicable]) {
    if entries.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for entry in entries {
        *reasons.entry((&entry.flavor, &entry.because)).or_default() += 1;
    }
    let specimens = count(entries.len(), "specimen");
    if page.view().verbosity == 0 {
        let words =
            format!("not applicable: {specimens}, for {}: -v lists them", count(reasons.len(), "reason"));
        return page.paragraph(&[], 2, Tone::Dim, &words);
    }
    page.line(&[Span::plain("not applicable: "), Span::plain(&specimens)]);
    for ((flavor, because), number) in reasons {
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &format!("{number} x {flavor}: {because}"));
    }
}

fn sums(page: &mut Page<'_>, report: &MatrixReport) {
    let summary = &report.summary;
    let words = format!(
        "{}: {} as expected, {} unexpected, {} luck, {} not run",
        count(summary.cells, "cell"),
        summary.as_expected,
        summary.unexpected,
        summary.luck,
        summary.not_run
    );
    page.paragraph(&[], 2, Tone::Plain, &words);
    if let Some(shard) = &report.shard {
        let words = format!("part {} of a run; `soabi merge` puts the parts together", shard.part);
        page.paragraph(&[], 2, Tone::Plain, &words);
    }
    if summary.predicted > 0 {
        let agreed = summary.predicted - summary.disagreements;
        let words = format!("predicted: {agreed} of {} as seen", count(summary.predicted, "cell"));
        page.paragraph(&[], 2, Tone::Plain, &words);
    }
    page.blank();
    let (tone, word, sentence) = verdict(report);
    page.paragraph(&[Span::new(tone, word)], 2, tone, &format!(": {sentence}"));
}
