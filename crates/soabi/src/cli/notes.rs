//! The command line of `soabi notes`.

use clap::{Args, ValueEnum};

use super::{PythonOptions, ReportOptions};

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
    #[arg(long, value_enum, default_value_t = NotesFormat::Human)]
    pub(crate) format: NotesFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NotesFormat {
    /// A picture of claims and interpreters, and where they are not the same
    Human,
    /// The claims with all their answers, as a page for people
    Markdown,
    /// soabi/notes/v1
    Json,
}
