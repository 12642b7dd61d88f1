//! The command line of `soabi merge`.

use std::path::PathBuf;

use clap::Args;
use soabi_report::MatrixReport;

use super::options::ReportOptions;
use crate::output::format::{self, Chosen, ReportCopy};
use crate::output::matrix;

#[derive(Args, Debug)]
pub(crate) struct MergeArgs {
    /// What `soabi matrix --format json` wrote
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) reports: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_parser = format::parser(matrix::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<MatrixReport>,
    /// Write the report to this file in this form as well. Repeatable
    #[arg(long = "report", value_parser = format::copy_parser(matrix::FORMATS), value_name = "FORMAT=FILE")]
    pub(crate) copies: Vec<ReportCopy<MatrixReport>>,
    /// Print a square for every cell, however many there are
    #[arg(long)]
    pub(crate) squares: bool,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
