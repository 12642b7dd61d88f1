//! The notes as `soabi/notes/v1`.

use std::io::{self, Write};

use soabi_notes::{Answer, Examined, Judged};
use soabi_report::notes::{AnswerEntry, ClaimCell, ClaimEntry, NotesReport, PythonEntry, SCHEMA, Summary};

use super::results::Report;
use crate::output::format::Format;
use crate::output::text::json;
use crate::output::view::View;

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
        out.write_all(json(&of(report)).as_bytes())
    }
}

/// The report in its wire format.
pub(super) fn of(report: &Report) -> NotesReport {
    let cells: Vec<ClaimCell> = report.columns.iter().flat_map(cells).collect();
    NotesReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        claims: report
            .claims
            .iter()
            .map(|claim| ClaimEntry {
                id: claim.id.clone(),
                group: claim.group.as_str().to_owned(),
                statement: claim.statement.clone(),
            })
            .collect(),
        pythons: report
            .columns
            .iter()
            .map(|column| PythonEntry {
                id: column.python,
                version: column.version.clone(),
                cpu_ms: column.cpu_ms,
            })
            .collect(),
        summary: Summary::of(&cells),
        cells,
        errors: report.errors.clone(),
    }
}

fn cells<'a>(column: &'a Examined<'_>) -> impl Iterator<Item = ClaimCell> + 'a {
    column.judged.iter().map(move |judged: &Judged<'_>| ClaimCell {
        id: format!("{}@{}", judged.claim.id, column.python),
        claim: judged.claim.id.clone(),
        python: column.python,
        verdict: judged.verdict,
        why_not: judged.why_not.clone(),
        lines: judged.lines.iter().map(answer).collect(),
    })
}

fn answer(answer: &Answer<'_>) -> AnswerEntry {
    AnswerEntry {
        row: answer.row.clone(),
        column: answer.column.clone(),
        expected: answer.expected.map(str::to_owned),
        seen: answer.seen.clone(),
        why: answer.why.as_deref().map(str::to_owned),
        verdict: answer.verdict,
    }
}
