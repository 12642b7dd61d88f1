//! The command line of `soabi floor`.

use std::path::PathBuf;

use clap::Args;
use soabi_report::FloorReport;

use super::options::ReportOptions;
use crate::output::floor;
use crate::output::format::{self, Chosen};

#[derive(Args, Debug)]
pub(crate) struct FloorArgs {
    /// A module, a wheel, or a folder to search for both
    #[arg(value_name = "FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_parser = format::parser(floor::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<FloorReport>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
