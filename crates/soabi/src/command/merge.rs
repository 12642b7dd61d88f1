//! `soabi merge`: the reports of several runs of the matrix as one.

use std::path::Path;

use soabi_report::matrix::{MatrixReport, SCHEMA};
use soabi_report::merge::{Named, merge};

use crate::cli::merge::MergeArgs;
use crate::cli::{MatrixFormat, ReportOptions};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Reads the reports, merges them, and delivers the result.
pub(crate) fn run(args: &MergeArgs) -> Result<Exit, Error> {
    let reports = args.reports.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let merged = merge(reports).map_err(Error::Merge)?;
    deliver(&merged, args.format, &args.report)
}

fn read(path: &Path) -> Result<Named, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let no_report = |why: String| Error::NoReport { path: path.to_owned(), why };
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| no_report(error.to_string()))?;
    // First, because a report of another schema can have all the wrong fields.
    match value["schema"].as_str() {
        Some(SCHEMA) => {}
        Some(other) => return Err(no_report(format!("its schema is {other}, not {SCHEMA}"))),
        None => return Err(no_report("it has no schema".to_owned())),
    }
    let report: MatrixReport = serde_json::from_value(value).map_err(|error| no_report(error.to_string()))?;
    Ok((path.display().to_string(), report))
}

/// Writes a matrix report, and returns its exit code.
pub(super) fn deliver(
    report: &MatrixReport,
    format: MatrixFormat,
    options: &ReportOptions,
) -> Result<Exit, Error> {
    let width = terminal_size::terminal_size().map_or(120, |(width, _)| usize::from(width.0));
    output::deliver(&output::matrix::render(report, format, width), options)?;
    Ok(verdict(report))
}

/// The exit code of a report. A cell that did not run breaks no promise; a matrix of which nothing ran is no
/// matrix, unless it is a part that there is nothing left for.
fn verdict(report: &MatrixReport) -> Exit {
    let is_left_over = report.shard.is_some() && report.summary.cells == 0;
    let nothing_ran = report.summary.not_run == report.summary.cells && !is_left_over;
    if !report.errors.is_empty() || nothing_ran {
        Exit::CouldNot
    } else if report.summary.unexpected > 0 {
        Exit::Unexpected
    } else {
        Exit::Clean
    }
}
