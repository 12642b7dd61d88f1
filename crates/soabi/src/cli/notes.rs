//! The command line of `soabi notes`.

use clap::Args;

use super::options::{PythonOptions, ReportOptions};
use crate::output::format::{self, Chosen};
use crate::output::notes;

#[derive(Args, Debug)]
pub(crate) struct NotesArgs {
    /// A claim (meth-o); without any, all of them
    #[arg(value_name = "CLAIM")]
    pub(crate) claims: Vec<String>,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// How many interpreters and compilers may run at once; the number of cores if left out
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// The form of the report
    #[arg(long, value_parser = format::parser(notes::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<notes::Report>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
