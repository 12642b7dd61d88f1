//! The command line of `soabi load`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::options::{ListFormat, PythonOptions, ReportOptions, seconds};

#[derive(Args, Debug)]
pub(crate) struct LoadArgs {
    /// The extension module
    pub(crate) artifact: PathBuf,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// The time that it may take, in seconds
    #[arg(long, default_value = "20", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) time_limit: Duration,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
