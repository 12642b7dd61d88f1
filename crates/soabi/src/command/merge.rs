//! `soabi merge`: the reports of several runs of the matrix as one.

use std::path::Path;

use soabi_report::matrix::{Conclusion, MatrixReport, SCHEMA};
use soabi_report::merge::{Named, merge};

use crate::cli::merge::MergeArgs;
use crate::cli::options::ReportOptions;
use crate::destination;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::format::{Chosen, ReportCopy};
use crate::output::view::View;

/// Reads the reports, merges them, and delivers the result.
pub(crate) fn run(args: &MergeArgs, view: &View) -> Result<Exit, Error> {
    for output in args.report.output.iter().chain(args.copies.iter().map(|copy| &copy.file)) {
        destination::check(Some(output), destination::paths(&args.reports))?;
    }
    let reports = args.reports.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let merged = merge(reports).map_err(Error::Merge)?;
    let view = View { squares: args.squares, ..*view };
    deliver(&merged, args.format, &args.report, &args.copies, &view)
}

pub(super) fn read(path: &Path) -> Result<Named, Error> {
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
    format: Chosen<MatrixReport>,
    options: &ReportOptions,
    copies: &[ReportCopy<MatrixReport>],
    view: &View,
) -> Result<Exit, Error> {
    output::report(&format.text(report, view), options, view)?;
    output::copies(copies, report, view)?;
    Ok(match report.conclusion() {
        Conclusion::Incomplete => Exit::CouldNot,
        Conclusion::Broken => Exit::Unexpected,
        Conclusion::Kept => Exit::Clean,
    })
}
