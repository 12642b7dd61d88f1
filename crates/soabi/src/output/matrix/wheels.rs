//! Wheels for people: a line for each range of interpreters in which the same was promised and the same was seen.

use std::collections::BTreeMap;

use soabi_core::{ArtifactId, ExpectationKind, FileName, Gate, OutcomeKind, PythonId, Rung, Verdict};
use soabi_report::given::GivenEntry;
use soabi_report::matrix::{ArtifactEntry, CellEntry, MatrixReport};

use crate::output::columns::span;
use crate::output::page::{Page, Span, Tone};
use crate::output::text::count;

/// The widest list of interpreters that keeps to its column.
const WIDEST: usize = 36;

/// What is said of an interpreter.
struct Line {
    promise: &'static str,
    mark: Mark,
    words: String,
    pythons: Vec<PythonId>,
    /// The cheapest and the dearest import, in milliseconds.
    ms: Option<(f64, f64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It was seen to work.
    Works,
    /// It was seen to fail where it should work.
    Fails,
    /// Nothing is promised, and it is dangerous.
    Danger,
    /// Nothing is promised, and nothing happened.
    Nothing,
    /// It was not seen.
    Unseen,
}

impl Mark {
    fn shown(self, unicode: bool) -> (Tone, &'static str) {
        match (self, unicode) {
            (Self::Works, true) => (Tone::Good, "\u{2713}"),
            (Self::Works, false) => (Tone::Good, "+"),
            (Self::Fails, true) => (Tone::Bad, "\u{2717}"),
            (Self::Fails, false) => (Tone::Bad, "x"),
            (Self::Danger, _) => (Tone::Look, "!"),
            (Self::Nothing, true) => (Tone::Dim, "\u{b7}"),
            (Self::Nothing, false) => (Tone::Dim, "."),
            (Self::Unseen, _) => (Tone::Look, "?"),
        }
    }
}

/// Draws what became of something that was given.
pub(super) fn draw(page: &mut Page<'_>, report: &MatrixReport, entry: &GivenEntry) {
    let artifacts: BTreeMap<&ArtifactId, &ArtifactEntry> = report
        .artifacts
        .iter()
        .filter(|artifact| artifact.wheel.as_ref() == Some(&entry.name))
        .map(|artifact| (&artifact.id, artifact))
        .collect();
    if artifacts.is_empty() {
        return;
    }
    let mut cells: BTreeMap<PythonId, Vec<&CellEntry>> = BTreeMap::new();
    for cell in report.cells.iter().filter(|cell| artifacts.contains_key(&cell.artifact)) {
        cells.entry(cell.python).or_default().push(cell);
    }
    page.blank();
    page.line(&[Span::new(Tone::Strong, &entry.name)]);
    if entry.elsewhere {
        page.paragraph(
            &[Span::plain("  ")],
            4,
            Tone::Look,
            "its tags are for other systems: nothing is promised here",
        );
    }
    let modules = artifacts.values().filter(|artifact| artifact.member.is_some()).count();
    let mut lines: Vec<Line> = Vec::new();
    for python in report.pythons.iter().map(|python| python.id) {
        let cells = cells.get(&python).map(Vec::as_slice).unwrap_or_default();
        let Some(line) = line(entry, &artifacts, modules, python, cells) else { continue };
        let alike = |other: &&mut Line| {
            (other.promise, other.mark, &other.words) == (line.promise, line.mark, &line.words)
        };
        match lines.iter_mut().find(alike) {
            Some(other) => {
                other.pythons.push(python);
                other.ms = both(other.ms, line.ms);
            }
            None => lines.push(line),
        }
    }
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let spans: Vec<String> = lines.iter().map(|line| span(&line.pythons, &all, false)).collect();
    let width = spans.iter().map(String::len).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    for (line, pythons) in lines.iter().zip(&spans) {
        draw_line(page, line, pythons, width);
    }
}

fn draw_line(page: &mut Page<'_>, line: &Line, pythons: &str, width: usize) {
    let (tone, mark) = line.mark.shown(page.view().unicode);
    let head = format!("  {pythons:width$}  ");
    let promise = format!("{:<8}  ", line.promise);
    let ms = line.ms.map(|(least, most)| {
        if most - least < 1.0 {
            format!("  ({most:.0} ms)")
        } else {
            format!("  ({least:.0} to {most:.0} ms)")
        }
    });
    let words = format!(" {}{}", line.words, ms.unwrap_or_default());
    // A list that is too long for the column has a line of its own.
    if pythons.len() > width {
        page.line(&[Span::plain(head.trim_end())]);
        let indent = " ".repeat(width + 4);
        let label = [Span::plain(&indent), Span::new(Tone::Dim, &promise), Span::new(tone, mark)];
        return page.paragraph(&label, width + 16, text_tone(line.mark), &words);
    }
    let label = [Span::plain(&head), Span::new(Tone::Dim, &promise), Span::new(tone, mark)];
    page.paragraph(&label, width + 16, text_tone(line.mark), &words);
}

const fn text_tone(mark: Mark) -> Tone {
    match mark {
        Mark::Nothing => Tone::Dim,
        _ => Tone::Plain,
    }
}

fn both(one: Option<(f64, f64)>, other: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

/// What is to be said of `python`. `None` for one that nobody promised anything of, and nothing ran in.
fn line(
    entry: &GivenEntry,
    artifacts: &BTreeMap<&ArtifactId, &ArtifactEntry>,
    modules: usize,
    python: PythonId,
    cells: &[&CellEntry],
) -> Option<Line> {
    let is_import = |cell: &&&CellEntry| (cell.rung, cell.file) == (Rung::Import, FileName::Tagged);
    let imports: Vec<&CellEntry> = cells.iter().filter(is_import).copied().collect();
    let is_named = entry.promised.contains(&python)
        || imports.iter().any(|cell| cell.expectation == ExpectationKind::Accept);
    let promise = match (entry.tags.is_empty(), is_named) {
        (true, false) => "-",
        (_, true) => "promised",
        (false, false) => "no",
    };
    let line = |mark: Mark, words: String| {
        let ms =
            if mark == Mark::Works { imports.iter().map(|cell| cell.ms).reduce(|a, b| a + b) } else { None };
        Some(Line { promise, mark, words, pythons: vec![python], ms: ms.map(|ms| (ms, ms)) })
    };
    if imports.is_empty() {
        return match (is_named, cells.is_empty()) {
            (true, true) => {
                let predicted =
                    if entry.predicted.contains(&python) { "predicted to work" } else { "no prediction" };
                line(Mark::Unseen, format!("not witnessed: no such interpreter ran; {predicted}"))
            }
            (false, true) => None,
            (_, false) => {
                let (mark, words) = by_path(artifacts, cells);
                line(mark, words)
            }
        };
    }
    let (mark, words) = of_imports(artifacts, modules, &imports);
    line(mark, words)
}

/// Imports in one interpreter: the worst of them counts.
fn of_imports(
    artifacts: &BTreeMap<&ArtifactId, &ArtifactEntry>,
    modules: usize,
    imports: &[&CellEntry],
) -> (Mark, String) {
    let rank = |cell: &&&CellEntry| match (cell.verdict, cell.outcome) {
        (Verdict::Unexpected, _) => 4,
        (_, OutcomeKind::Accepted) => 0,
        (Verdict::NotRun, _) => 1,
        (_, OutcomeKind::Refused) => 2,
        _ => 3,
    };
    // Of equal ones the first: the package comes before what is in it.
    let Some(worst) = imports.iter().rev().max_by_key(rank) else { return (Mark::Unseen, String::new()) };
    let others = imports.iter().filter(|cell| rank(cell) == rank(&worst)).count();
    let of = match (imports.len(), others) {
        (1, _) => String::new(),
        (all, others) if others == all => format!(" (all {})", count(all, "import")),
        (all, others) => format!(" ({others} of {})", count(all, "import")),
    };
    let name = artifacts.get(&worst.artifact).and_then(|artifact| artifact.module.as_deref());
    let name = name.unwrap_or_default();
    match rank(&worst) {
        0 => {
            let what = match modules {
                0 => String::new(),
                number => format!(", {}", count(number, "extension module")),
            };
            let luck = imports.iter().any(|cell| cell.expectation != ExpectationKind::Accept);
            let luck = if luck { ", though nothing promises that it works" } else { "" };
            (if luck.is_empty() { Mark::Works } else { Mark::Nothing }, format!("imported{what}{luck}"))
        }
        1 if !worst.needs.is_empty() => {
            let needs = worst.needs.join(", ");
            (
                Mark::Unseen,
                format!("not witnessed: `{name}` needs {needs}{of}; `--deps DIR` or `--with-deps` brings it"),
            )
        }
        1 => (Mark::Unseen, format!("not run: {}", worst.message.as_deref().unwrap_or_default())),
        2 => (Mark::Nothing, format!("`{name}`: {}{of}", refusal(worst))),
        3 => (Mark::Danger, format!("`{name}` {}{of}; {}", danger(worst), worst.why)),
        _ => {
            let words = if worst.outcome == OutcomeKind::Refused { refusal(worst) } else { danger(worst) };
            (Mark::Fails, format!("`{name}`: {words}{of}"))
        }
    }
}

/// Loads by path where nothing is imported.
fn by_path(artifacts: &BTreeMap<&ArtifactId, &ArtifactEntry>, cells: &[&CellEntry]) -> (Mark, String) {
    let name =
        |cell: &CellEntry| artifacts.get(&cell.artifact).and_then(|artifact| artifact.module.as_deref());
    let is = |outcome: OutcomeKind| cells.iter().find(move |cell| cell.outcome == outcome);
    let is_danger = |cell: &&&CellEntry| {
        !matches!(cell.outcome, OutcomeKind::Accepted | OutcomeKind::Refused | OutcomeKind::NotRun)
    };
    if let Some(cell) = cells.iter().find(is_danger) {
        let (name, danger) = (name(cell).unwrap_or_default(), danger(cell));
        return (Mark::Danger, format!("`{name}` {danger} when it is forced; {}", cell.why));
    }
    if let Some(cell) = is(OutcomeKind::Refused) {
        let agreed = if cell.agrees == Some(true) { ", as predicted" } else { "" };
        return (Mark::Nothing, format!("{}{agreed}", refusal(cell)));
    }
    match is(OutcomeKind::Accepted) {
        Some(_) => {
            (Mark::Nothing, "not installed there; loads when it is forced, which nothing promises".to_owned())
        }
        None => (Mark::Nothing, "not installed there".to_owned()),
    }
}

fn refusal(cell: &CellEntry) -> String {
    let message = cell.message.as_deref().unwrap_or_default();
    match cell.gate {
        Some(Gate::Name) => format!("not found: {message}"),
        Some(Gate::Symbols) => {
            symbol(message).map_or_else(|| message.to_owned(), |name| format!("undefined symbol {name}"))
        }
        _ => message.to_owned(),
    }
}

/// The symbol in what a dynamic linker says.
fn symbol(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("undefined symbol: ")?;
    rest.split([',', ' ', '\n']).next()
}

/// A crash by its signal, and what else is no answer.
fn danger(cell: &CellEntry) -> String {
    let message = cell.message.as_deref().unwrap_or_default();
    match cell.outcome {
        OutcomeKind::Crashed => format!("crashes ({message})"),
        OutcomeKind::TimedOut => "gives no answer within the time limit".to_owned(),
        OutcomeKind::Wrong => format!("gives wrong results: {message}"),
        _ => message.to_owned(),
    }
}
