//! The command line of `soabi inspect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::options::ReportOptions;

#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// A native file or a wheel
    pub(crate) file: PathBuf,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = InspectFormat::Human)]
    pub(crate) format: InspectFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// A page for people
    Human,
    /// One JSON object
    Json,
}
