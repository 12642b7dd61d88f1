//! The matrix as a page: the verdict, the squares, what happened grouped by cause, and the modules.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use maud::{Markup, html};
use soabi_core::{AbiTag, ArtifactId, CellId, FileName, PythonId, Rung, Verdict};
use soabi_report::matrix::{ArtifactEntry, CellEntry, MatrixReport};

use super::overview::{Family, families, verdict};
use super::picture::{self, Cells, Squares, square};
use crate::output::columns::name;
use crate::output::format::Format;
use crate::output::html::{Document, Grid, Line, Target, meaning, prose, shown};
use crate::output::page::Tone;
use crate::output::picture::{Meaning, Square};
use crate::output::view::View;

/// Of the cells of a group only the first are named.
const MOST: usize = 24;

/// One HTML file.
pub(super) struct Html;

impl Format<MatrixReport> for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "One HTML file: the squares with filters, and the evidence behind each"
    }

    fn render(&self, report: &MatrixReport, _: &View, out: &mut dyn Write) -> io::Result<()> {
        let (tone, word, sentence) = verdict(report);
        let picture = picture::of(report);
        let cells = picture::cells(report);
        let groups = Groups::of(&cells);
        let columns =
            cells.blocks.iter().map(|_| cells.pythons.iter().map(|id| full(*id)).collect()).collect();
        let grid = Grid {
            picture: &picture,
            lines: lines(report, &cells, &groups),
            thing: "module",
            tags: if report.given.is_empty() { "Family" } else { "Package" },
            columns,
        };
        let page = Document {
            command: "soabi matrix",
            about: format!("{} modules in {} Pythons", report.artifacts.len(), cells.pythons.len()),
            tone,
            mark: word,
            sentence,
            counts: counts(report),
            grid: (!report.cells.is_empty()).then_some(grid),
            body: body(report, &groups),
            version: &report.version,
            tables: &report.tables,
        };
        out.write_all(page.render().as_bytes())
    }
}

/// An interpreter in full: `CPython 3.13t`.
fn full(id: impl Into<PythonId>) -> String {
    let name = name(id);
    if name.starts_with("PyPy") { name } else { format!("CPython {name}") }
}

fn counts(report: &MatrixReport) -> Vec<(usize, String)> {
    let summary = &report.summary;
    let numbers = [
        (summary.cells, "cells"),
        (summary.as_expected, "as promised"),
        (summary.unexpected, "against a promise"),
        (summary.luck, "without a promise"),
        (summary.not_run, "not run"),
        (summary.predicted - summary.disagreements, "predicted by the audit"),
        (summary.disagreements, "predicted otherwise"),
    ];
    numbers
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| (number, what.to_owned()))
        .collect()
}

/// Cells in which the same happened, for the same reason.
struct Group<'a> {
    square: Square,
    cells: Vec<&'a CellEntry>,
}

/// The groups, those with a broken promise first.
struct Groups<'a> {
    groups: Vec<Group<'a>>,
    of: HashMap<*const CellEntry, usize>,
}

/// What the cells of a group have in common.
fn key(cell: &CellEntry) -> String {
    let what = CellEntry {
        id: CellId(String::new()),
        artifact: ArtifactId(String::new()),
        python: AbiTag::None.into(),
        rung: Rung::Import,
        file: FileName::Tagged,
        probed_in: cell.probed_in.as_ref().map(|_| CellId(String::new())),
        ms: 0.0,
        ..cell.clone()
    };
    format!("{what:?}")
}

impl<'a> Groups<'a> {
    fn of(cells: &Cells<'a>) -> Self {
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        let mut groups: Vec<Group<'a>> = Vec::new();
        for cell in cells.rows.iter().flatten().flatten().flatten() {
            let next = groups.len();
            let at = *at.entry(key(cell)).or_insert(next);
            if at == next {
                groups.push(Group { square: square(cell), cells: Vec::new() });
            }
            groups[at].cells.push(cell);
        }
        groups.sort_by_key(|group| (rank(group.square.meaning), std::cmp::Reverse(group.cells.len())));
        let of = groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.cells.iter().map(move |cell| (std::ptr::from_ref(*cell), at)));
        Self { of: of.collect(), groups }
    }
}

/// What a reader looks for comes first.
const fn rank(meaning: Meaning) -> u8 {
    match meaning {
        Meaning::Broken => 0,
        Meaning::Look => 1,
        Meaning::Kept => 2,
        Meaning::NotCovered => 3,
    }
}

fn lines(report: &MatrixReport, cells: &Cells<'_>, groups: &Groups<'_>) -> Vec<Line> {
    let target = |cell: Option<&CellEntry>| {
        let cell = cell?;
        let at = groups.of.get(&std::ptr::from_ref(cell))?;
        Some(Target { id: format!("e{at}"), ms: format!("{:.1}", cell.ms) })
    };
    let family = |artifact: &ArtifactEntry| {
        // What lies in a wheel belongs to it. Reports of older versions have no families.
        if let Some(wheel) = &artifact.wheel {
            wheel.clone()
        } else if artifact.family.is_empty() {
            artifact.flavor.clone()
        } else {
            artifact.family.clone()
        }
    };
    let line = |at: usize, artifact: &ArtifactEntry, squares: &Squares<'_>| Line {
        name: artifact.id.0.clone(),
        target: format!("a{at}"),
        module: None,
        verdict: Some(verdict_of(artifact, squares.iter().flatten().flatten().copied())),
        tags: BTreeSet::from([family(artifact)]),
        squares: squares.iter().map(|block| block.iter().map(|cell| target(*cell)).collect()).collect(),
    };
    let rows = report.artifacts.iter().zip(&cells.rows).enumerate();
    rows.map(|(at, (artifact, squares))| line(at, artifact, squares)).collect()
}

/// What comes of a module in all of its cells.
fn verdict_of<'a>(
    artifact: &ArtifactEntry,
    cells: impl Iterator<Item = &'a CellEntry>,
) -> (&'static str, Tone) {
    if artifact.not_built.is_some() {
        return ("not built", Tone::Dim);
    }
    let worst = cells.map(|cell| match (cell.verdict, square(cell).meaning) {
        (Verdict::Unexpected, _) => 4,
        (Verdict::NotRun, _) => 3,
        (_, Meaning::Look) => 2,
        (_, Meaning::Kept) => 1,
        _ => 0,
    });
    match worst.max() {
        Some(4) => ("promise broken", Tone::Bad),
        Some(3) => ("not run everywhere", Tone::Look),
        Some(2) => ("kept; fails elsewhere", Tone::Look),
        Some(1) => ("kept", Tone::Good),
        _ => ("nothing promised", Tone::Dim),
    }
}

fn body(report: &MatrixReport, groups: &Groups<'_>) -> Markup {
    html! {
        @if !report.errors.is_empty() {
            section {
                h2 { "Could not be done" }
                @for error in &report.errors { div.finding.broken { p { (prose(error)) } } }
            }
        }
        @if !report.unmet.is_empty() {
            section {
                h2 { "Required and not witnessed" }
                @for unmet in &report.unmet {
                    div.finding.broken {
                        span.rule { (shown(&unmet.name)) } " in " (full(unmet.python))
                        p { (prose(&unmet.why)) }
                    }
                }
            }
        }
        section { h2 { "Families of builds" } (table(&families(report))) }
        section aria-label="Evidence" {
            h2 { "What happened, by cause" }
            @for (at, group) in groups.groups.iter().enumerate() { (group.render(at)) }
        }
        section { h2 { "Modules" } @for (at, artifact) in report.artifacts.iter().enumerate() { (module(at, artifact)) } }
        section { h2 { "Pythons" } (pythons(report)) }
        @if !report.not_applicable.is_empty() { section { h2 { "Not applicable" } (not_applicable(report)) } }
    }
}

fn table(families: &[Family]) -> Markup {
    type Column = (&'static str, fn(&Family) -> usize, &'static str);
    let columns: [Column; 9] = [
        ("builds", |family| family.builds, ""),
        ("work, as promised", |family| family.works, ""),
        ("refused, as promised", |family| family.refused, ""),
        ("promise broken", |family| family.broken, "broken"),
        ("work without a promise", |family| family.lucky, ""),
        ("refused without a promise", |family| family.unlucky, ""),
        ("wrong results", |family| family.wrong, "look"),
        ("crash", |family| family.crashes, "look"),
        ("not run", |family| family.not_run, ""),
    ];
    let columns: Vec<Column> = columns
        .into_iter()
        .filter(|(_, number, _)| families.iter().any(|family| number(family) > 0))
        .collect();
    html! {
        div.wide {
            table.plain {
                thead {
                    tr { th scope="col" { "family" } @for (head, ..) in &columns { th.number scope="col" { (head) } } }
                }
                tbody {
                    @for family in families {
                        tr {
                            th scope="row" { code { (shown(&family.name)) } }
                            @for (_, number, class) in &columns {
                                @if number(family) == 0 { td.number { "-" } }
                                @else { td class=(format!("number {class}")) { (number(family)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Group<'_> {
    fn render(&self, at: usize) -> Markup {
        let Some(cell) = self.cells.first() else { return html! {} };
        let number = self.cells.len();
        html! {
            details open[at < MOST && self.square.meaning == Meaning::Broken] {
                summary {
                    span class=(format!("dot {}", meaning(self.square.meaning))) { }
                    b { (self.square.says) " " span.says { "(" (number) ")" } }
                    span.says { (prose(cell.message.as_deref().unwrap_or(&cell.why))) }
                }
                div.body id=(format!("e{at}")) {
                    dl {
                        dt { "seen" }
                        dd {
                            (cell.outcome.as_str())
                            @if let Some(gate) = cell.gate { ", at the gate " code { (gate.as_str()) } }
                            @if let Some(signal) = cell.signal { ", signal " (signal) }
                        }
                        @if let Some(message) = &cell.message { dt { "message" } dd { code { (shown(message)) } } }
                        dt { "promised" }
                        dd {
                            (cell.expectation.as_str())
                            @if let Some(gate) = cell.expected_gate { ", at the gate " code { (gate.as_str()) } }
                        }
                        dt { "because" } dd { (prose(&cell.why)) }
                        dt { "audit" }
                        dd {
                            @match cell.agrees {
                                Some(true) => "predicted what happened",
                                Some(false) => strong { "predicted something else" },
                                None => "made no prediction",
                            }
                        }
                        @if cell.probes > 0 {
                            dt { "probes" }
                            dd {
                                (cell.probes) " were right"
                                @if cell.probed_in.is_some() { "; the same bytes were probed in full in another cell" }
                            }
                        }
                        @if !cell.needs.is_empty() { dt { "needs" } dd { code { (shown(&cell.needs.join(", "))) } } }
                        @if let Some(output) = &cell.output { dt { "output" } dd { code { (shown(output)) } } }
                        @for (what, seen) in &cell.evidence { dt { (shown(what)) } dd { (prose(seen)) } }
                        @if !cell.attempts.is_empty() {
                            dt { "tried" }
                            dd { (prose(&cell.attempts.join(", "))) }
                        }
                        @if !cell.leaks.is_empty() { dt { "left behind" } dd { (prose(&cell.leaks.join(", "))) } }
                        dt { "cells" }
                        dd {
                            @for cell in self.cells.iter().take(MOST) { code { (shown(&cell.id.0)) } " " }
                            @if number > MOST { "and " (number - MOST) " more" }
                        }
                    }
                }
            }
        }
    }
}

fn module(at: usize, artifact: &ArtifactEntry) -> Markup {
    html! {
        details {
            summary { span.dot { } b { (shown(&artifact.id.0)) } }
            div.body id=(format!("a{at}")) {
                dl {
                    dt { "file" } dd { code { (shown(&artifact.file_name)) } }
                    dt { "built for" }
                    dd {
                        (full(artifact.built_for))
                        @if let Some(floor) = artifact.floor { ", good for " (floor.to_string()) " and later" }
                    }
                    @if let Some(path) = &artifact.path { dt { "path" } dd { code { (shown(path)) } } }
                    @if let Some(why) = &artifact.not_built { dt { "not built" } dd { (prose(why)) } }
                    @for command in &artifact.commands { dt { "command" } dd { code { (shown(command)) } } }
                }
            }
        }
    }
}

fn pythons(report: &MatrixReport) -> Markup {
    html! {
        div.wide {
            table.plain {
                thead { tr { th scope="col" { "id" } th scope="col" { "version" } th scope="col" { "where" } } }
                tbody {
                    @for python in report.pythons.iter().filter(|python| !python.excluded) {
                        tr {
                            th scope="row" { code { (python.id.to_string()) } }
                            td { (shown(python.version.as_deref().unwrap_or("-"))) }
                            td {
                                @if let Some(path) = &python.path { code { (shown(path)) } }
                                @else { "missing. " (prose(python.help.as_deref().unwrap_or_default())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn not_applicable(report: &MatrixReport) -> Markup {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for entry in &report.not_applicable {
        *reasons.entry((&entry.flavor, &entry.because)).or_default() += 1;
    }
    html! {
        dl {
            @for ((flavor, because), number) in reasons {
                dt { (number) " x " code { (shown(flavor)) } } dd { (prose(because)) }
            }
        }
    }
}
