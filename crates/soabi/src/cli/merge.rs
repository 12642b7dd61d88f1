//! The command line of `soabi merge`.

use std::path::PathBuf;

use clap::Args;

use super::{MatrixFormat, ReportOptions};

#[derive(Args, Debug)]
pub(crate) struct MergeArgs {
    /// What `soabi matrix --format json` wrote
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) reports: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = MatrixFormat::Human)]
    pub(crate) format: MatrixFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
