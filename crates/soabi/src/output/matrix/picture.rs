//! The picture of a matrix: artifacts down, interpreters across, a square for every cell.
//!
//! A square is a letter on a color. The letter alone says everything: capital where something was promised,
//! small where nothing was, and `!` where a promise was broken.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::{AbiTag, ArtifactId, ExpectationKind, FileName, Gate, OutcomeKind, Rung, Verdict};
use soabi_report::matrix::{CellEntry, MatrixReport};

use crate::output::axis;

/// Between two blocks that stand side by side.
const GAP: &str = "   ";

/// The blocks in their order: which cells, and what they are called.
const BLOCKS: [(Rung, FileName, &str); 3] = [
    (Rung::Import, FileName::Tagged, "import"),
    (Rung::Load, FileName::Tagged, "load"),
    (Rung::Import, FileName::Bare, "import, renamed"),
];

/// Draws the cells of `report`, in as many rows of blocks as `width` columns need.
pub(super) fn draw(report: &MatrixReport, width: usize) -> String {
    let picture = Picture::of(report);
    let block =
        (2 * picture.pythons.len()).max(BLOCKS.iter().map(|(_, _, title)| title.len()).max().unwrap_or(0));
    let side_by_side = (width.saturating_sub(picture.label + 2) / (block + GAP.len())).max(1);
    let mut text = String::new();
    for blocks in picture.blocks.chunks(side_by_side) {
        if !text.is_empty() {
            text.push('\n');
        }
        picture.draw_row(&mut text, blocks, block);
    }
    text
}

struct Picture<'a> {
    pythons: Vec<AbiTag>,
    artifacts: Vec<&'a ArtifactId>,
    blocks: Vec<(Rung, FileName, &'static str)>,
    cells: BTreeMap<(&'a ArtifactId, AbiTag, Rung, FileName), &'a CellEntry>,
    label: usize,
}

impl<'a> Picture<'a> {
    fn of(report: &'a MatrixReport) -> Self {
        let cells: BTreeMap<_, _> = report
            .cells
            .iter()
            .map(|cell| ((&cell.artifact, cell.python, cell.rung, cell.file), cell))
            .collect();
        let drawn = |python| report.cells.iter().any(|cell| cell.python == python);
        let has_cells = |rung, file| report.cells.iter().any(|cell| cell.rung == rung && cell.file == file);
        let artifacts: Vec<_> = report.artifacts.iter().map(|artifact| &artifact.id).collect();
        Self {
            pythons: report.pythons.iter().map(|python| python.id).filter(|id| drawn(*id)).collect(),
            label: artifacts.iter().map(|id| id.0.chars().count()).max().unwrap_or(0),
            blocks: BLOCKS.into_iter().filter(|(rung, file, _)| has_cells(*rung, *file)).collect(),
            artifacts,
            cells,
        }
    }

    fn draw_row(&self, text: &mut String, blocks: &[(Rung, FileName, &str)], block: usize) {
        let bold = Style::new().bold();
        let titles: Vec<_> = blocks.iter().map(|(_, _, title)| format!("{title:<block$}")).collect();
        let _ = writeln!(text, "{:1$}  {bold}{2}{bold:#}", "", self.label, titles.join(GAP).trim_end());
        for line in axis::header(&self.pythons) {
            let line = vec![format!("{line:<block$}"); blocks.len()].join(GAP);
            let _ = writeln!(text, "{:1$}  {2}", "", self.label, line.trim_end());
        }
        for artifact in &self.artifacts {
            let _ = write!(text, "{:<1$}  ", artifact.0, self.label);
            for (at, (rung, file, _)) in blocks.iter().enumerate() {
                if at > 0 {
                    let _ = write!(text, "{:1$}", "", block - 2 * self.pythons.len() + GAP.len());
                }
                for python in &self.pythons {
                    text.push_str(&square(self.cells.get(&(*artifact, *python, *rung, *file)).copied()));
                }
            }
            text.push('\n');
        }
    }
}

/// One square, two columns wide.
fn square(cell: Option<&CellEntry>) -> String {
    let Some(cell) = cell else { return "  ".to_owned() };
    let letter = letter(cell);
    let broken = if cell.verdict == Verdict::Unexpected { '!' } else { ' ' };
    let style = style(cell);
    format!("{style}{letter}{broken}{style:#}")
}

/// The letter of what was seen; small where nothing was promised.
fn letter(cell: &CellEntry) -> char {
    let letter = match (cell.outcome, cell.gate) {
        (OutcomeKind::Accepted, _) => 'A',
        (OutcomeKind::Refused, Some(Gate::Name)) => 'N',
        (OutcomeKind::Refused, Some(Gate::Platform)) => 'P',
        (OutcomeKind::Refused, Some(Gate::Symbols)) => 'S',
        (OutcomeKind::Refused, Some(Gate::Runtime) | None) => 'R',
        (OutcomeKind::Wrong, _) => 'W',
        (OutcomeKind::Crashed, _) => 'C',
        (OutcomeKind::Vanished, _) => 'V',
        (OutcomeKind::TimedOut, _) => 'T',
        (OutcomeKind::NotRun, _) => return '.',
    };
    if cell.expectation == ExpectationKind::Luck { letter.to_ascii_lowercase() } else { letter }
}

fn style(cell: &CellEntry) -> Style {
    let on = |back: AnsiColor, fore: AnsiColor| {
        Style::new().bg_color(Some(back.into())).fg_color(Some(fore.into()))
    };
    match (cell.verdict, cell.expectation, cell.outcome) {
        (Verdict::NotRun, ..) => Style::new().dimmed(),
        (Verdict::Unexpected, ..) => on(AnsiColor::Red, AnsiColor::BrightWhite).bold(),
        (_, ExpectationKind::Luck, OutcomeKind::Accepted) => on(AnsiColor::Yellow, AnsiColor::Black),
        (_, ExpectationKind::Luck, OutcomeKind::Refused) => {
            Style::new().fg_color(Some(AnsiColor::Yellow.into()))
        }
        (_, ExpectationKind::Luck, _) => on(AnsiColor::Magenta, AnsiColor::BrightWhite),
        (_, ExpectationKind::Accept, _) => on(AnsiColor::Green, AnsiColor::Black),
        (_, ExpectationKind::Refuse, _) => on(AnsiColor::BrightBlack, AnsiColor::White),
    }
}

/// What the letters mean, as one short text.
pub(super) fn legend() -> String {
    "A accepted   refused at: N name, P platform, S symbols, R runtime   \
     W wrong   C crashed   V vanished   T timed out   . not run\n\
     capital: as promised   small: luck, nobody promised anything   !: a promise was broken\n"
        .to_owned()
}
