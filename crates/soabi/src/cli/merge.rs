//! The command line of `soabi merge`.

use std::path::PathBuf;

use clap::Args;
use soabi_report::MatrixReport;

use super::options::ReportOptions;
use crate::output::format::{self, Chosen};
use crate::output::matrix;

#[derive(Args, Debug)]
pub(crate) struct MergeArgs {
    /// What `soabi matrix --format json` wrote
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) reports: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_parser = format::parser(matrix::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<MatrixReport>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
