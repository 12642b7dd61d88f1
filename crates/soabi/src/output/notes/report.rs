//! `soabi/notes/v1`.

use std::io::{self, Write};

use serde::Serialize;
use soabi_core::AbiTag;
use soabi_notes::{Examined, Group, Line, Verdict};

use super::Report;
use crate::output::format::Format;
use crate::output::json;
use crate::output::view::View;

/// The value of the report's `schema` field.
const SCHEMA: &str = "soabi/notes/v1";

/// JSON.
pub(super) struct NotesJson;

impl Format<Report> for NotesJson {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        SCHEMA
    }

    fn render(&self, report: &Report, _: &View, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(json(&Json::of(report)).as_bytes())
    }
}

#[derive(Serialize)]
struct Json<'a> {
    schema: &'static str,
    version: &'static str,
    claims: Vec<ClaimEntry<'a>>,
    pythons: Vec<PythonEntry<'a>>,
    cells: Vec<Cell<'a>>,
    summary: Summary,
    errors: &'a [String],
}

#[derive(Serialize)]
struct ClaimEntry<'a> {
    id: &'a str,
    group: Group,
    statement: &'a str,
}

#[derive(Serialize)]
struct PythonEntry<'a> {
    id: AbiTag,
    version: &'a str,
    cpu_ms: f64,
}

/// A claim in an interpreter.
#[derive(Serialize)]
struct Cell<'a> {
    id: String,
    claim: &'a str,
    python: AbiTag,
    verdict: Verdict,
    why_not: Option<&'a str>,
    lines: &'a [Line<'a>],
}

/// The cells and the lines counted.
#[derive(Default, Serialize)]
pub(super) struct Summary {
    pub(super) cells: usize,
    pub(super) hold: usize,
    pub(super) changed: usize,
    pub(super) do_not_hold: usize,
    pub(super) unexpected: usize,
    pub(super) not_run: usize,
    pub(super) answers: usize,
}

impl Summary {
    pub(super) fn of(columns: &[Examined<'_>]) -> Self {
        let mut summary = Self::default();
        for judged in columns.iter().flat_map(|column| &column.judged) {
            summary.cells += 1;
            summary.answers += judged.lines.iter().filter(|line| line.seen.is_some()).count();
            *match judged.verdict {
                Verdict::Holds => &mut summary.hold,
                Verdict::Changed => &mut summary.changed,
                Verdict::DoesNotHold => &mut summary.do_not_hold,
                Verdict::Unexpected => &mut summary.unexpected,
                Verdict::NotRun => &mut summary.not_run,
            } += 1;
        }
        summary
    }
}

impl<'a> Json<'a> {
    fn of(report: &'a Report) -> Self {
        let claim = |claim: &&'static soabi_notes::Claim| ClaimEntry {
            id: &claim.id,
            group: claim.group,
            statement: &claim.statement,
        };
        let python = |column: &'a Examined<'static>| PythonEntry {
            id: column.python,
            version: &column.version,
            cpu_ms: column.cpu_ms,
        };
        let cells = report.columns.iter().flat_map(|column| {
            column.judged.iter().map(move |judged| Cell {
                id: format!("{}@{}", judged.claim.id, column.python),
                claim: &judged.claim.id,
                python: column.python,
                verdict: judged.verdict,
                why_not: judged.why_not.as_deref(),
                lines: &judged.lines,
            })
        });
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            claims: report.claims.iter().map(claim).collect(),
            pythons: report.columns.iter().map(python).collect(),
            cells: cells.collect(),
            summary: Summary::of(&report.columns),
            errors: &report.errors,
        }
    }
}
