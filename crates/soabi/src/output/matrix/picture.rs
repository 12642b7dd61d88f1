//! The picture of a matrix: modules down, interpreters across, a block for each way to load.
//!
//! The letter alone says everything: capital where something was promised, small where nothing was, and `!` where a
//! promise was broken.

use std::collections::BTreeMap;

use soabi_core::{ArtifactId, ExpectationKind, FileName, Gate, OutcomeKind, PythonId, Rung, Verdict};
use soabi_report::matrix::{ArtifactEntry, CellEntry, MatrixReport};

use crate::output::columns::heads;
use crate::output::picture::{Block, Meaning, Picture, Row, Square};

/// The blocks in their order: which cells, and what they are called.
pub(super) const BLOCKS: [(Rung, FileName, &str); 3] = [
    (Rung::Import, FileName::Tagged, "import"),
    (Rung::Load, FileName::Tagged, "load"),
    (Rung::Import, FileName::Bare, "import, renamed"),
];

/// The marks of an outcome, promised, not promised, and where a promise was broken; and what happened, for each.
struct Marks {
    promised: (&'static str, &'static str),
    luck: (&'static str, &'static str),
    broken: (&'static str, &'static str),
}

macro_rules! marks {
    ($capital:literal, $small:literal, $what:literal) => {
        Marks {
            promised: ($capital, concat!($what, ", as promised")),
            luck: ($small, concat!($what, "; nothing was promised")),
            broken: (concat!($capital, "!"), concat!($what, ", against the promise")),
        }
    };
}

const fn marks(outcome: OutcomeKind, gate: Option<Gate>) -> Marks {
    match (outcome, gate) {
        (OutcomeKind::Accepted, _) => marks!("A", "a", "accepted"),
        (OutcomeKind::Refused, Some(Gate::Name)) => marks!("N", "n", "not found under its name"),
        (OutcomeKind::Refused, Some(Gate::Platform)) => marks!("P", "p", "refused for its platform"),
        (OutcomeKind::Refused, Some(Gate::Symbols)) => marks!("S", "s", "undefined symbol"),
        (OutcomeKind::Refused, Some(Gate::Runtime) | None) => marks!("R", "r", "refused by the interpreter"),
        (OutcomeKind::Wrong, _) => marks!("W", "w", "wrong results"),
        (OutcomeKind::Crashed, _) => marks!("C", "c", "crashed"),
        (OutcomeKind::Vanished, _) => marks!("V", "v", "ended without an answer"),
        (OutcomeKind::TimedOut, _) => marks!("T", "t", "timed out"),
        (OutcomeKind::NotRun, _) => marks!(".", ".", "not run"),
    }
}

/// The square of a cell.
pub(super) fn square(cell: &CellEntry) -> Square {
    let marks = marks(cell.outcome, cell.gate);
    match (cell.verdict, cell.expectation, cell.outcome) {
        (Verdict::NotRun, ..) => Square::new(Meaning::NotCovered, ".", "not run"),
        (Verdict::Unexpected, ..) => Square::new(Meaning::Broken, marks.broken.0, marks.broken.1),
        (_, ExpectationKind::Accept, _) => Square::new(Meaning::Kept, marks.promised.0, marks.promised.1),
        (_, ExpectationKind::Refuse, _) => {
            Square::new(Meaning::NotCovered, marks.promised.0, marks.promised.1)
        }
        (_, ExpectationKind::Luck, OutcomeKind::Accepted | OutcomeKind::Refused) => {
            Square::new(Meaning::NotCovered, marks.luck.0, marks.luck.1)
        }
        (_, ExpectationKind::Luck, _) => Square::new(Meaning::Look, marks.luck.0, marks.luck.1),
    }
}

/// The cells of an artifact: one list for each block, with one for each interpreter.
pub(super) type Squares<'a> = Vec<Vec<Option<&'a CellEntry>>>;

/// The cells of a report as the picture has them.
pub(super) struct Cells<'a> {
    /// The interpreters that have cells: the columns of each block.
    pub(super) pythons: Vec<PythonId>,
    /// The titles of the blocks that occur.
    pub(super) blocks: Vec<&'static str>,
    /// For each artifact, in the order of the report, its cells in each block.
    pub(super) rows: Vec<Squares<'a>>,
}

/// The cells of `report`, in their places.
pub(super) fn cells(report: &MatrixReport) -> Cells<'_> {
    let cells: BTreeMap<(&ArtifactId, PythonId, Rung, FileName), &CellEntry> =
        report.cells.iter().map(|cell| ((&cell.artifact, cell.python, cell.rung, cell.file), cell)).collect();
    let has_cells = |python: &PythonId| report.cells.iter().any(|cell| cell.python == *python);
    let pythons: Vec<PythonId> = report.pythons.iter().map(|python| python.id).filter(has_cells).collect();
    let occurs = |(rung, file, _): &(Rung, FileName, &str)| {
        report.cells.iter().any(|cell| (cell.rung, cell.file) == (*rung, *file))
    };
    let blocks: Vec<_> = BLOCKS.into_iter().filter(occurs).collect();
    let row = |artifact: &ArtifactEntry| {
        let block = |(rung, file, _): &(Rung, FileName, &str)| {
            let cell = |python: &PythonId| cells.get(&(&artifact.id, *python, *rung, *file)).copied();
            pythons.iter().map(cell).collect()
        };
        blocks.iter().map(block).collect()
    };
    let rows = report.artifacts.iter().map(row).collect();
    Cells { rows, blocks: blocks.iter().map(|(_, _, title)| *title).collect(), pythons }
}

/// The picture of the cells of `report`.
pub(super) fn of(report: &MatrixReport) -> Picture {
    let cells = cells(report);
    let row = |(artifact, blocks): (&ArtifactEntry, &Squares<'_>)| Row::Squares {
        label: artifact.id.0.clone(),
        squares: blocks.iter().map(|block| block.iter().map(|cell| cell.map(square)).collect()).collect(),
        note: String::new(),
    };
    let block = |title: &&str| Block { title: (*title).to_owned(), heads: heads(&cells.pythons) };
    Picture {
        corner: String::new(),
        rows: report.artifacts.iter().zip(&cells.rows).map(row).collect(),
        blocks: cells.blocks.iter().map(block).collect(),
        filled: true,
    }
}
