//! The command line of `soabi pythons`.

use clap::Args;
use soabi_core::AbiTag;
use soabi_python::Discovery;

use super::options::{PythonOptions, ReportOptions};
use crate::output::format::{self, Chosen};
use crate::output::pythons;

#[derive(Args, Debug)]
pub(crate) struct PythonsArgs {
    /// Get these interpreters, or every one that is missing: without root, into soabi's own data folder, or with
    /// uv and pyenv where they are
    #[arg(long, value_name = "ID", num_args = 0.., value_delimiter = ',')]
    pub(crate) install: Option<Vec<AbiTag>>,
    /// Say what would be downloaded, and install nothing; indexes of packages are read all the same
    #[arg(long, requires = "install")]
    pub(crate) dry_run: bool,
    /// Write the exports of this interpreter as a column file of the ABI tables
    #[arg(long, value_name = "ID", conflicts_with = "install")]
    pub(crate) snapshot: Option<AbiTag>,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// The form of the report
    #[arg(long, value_parser = format::parser(pythons::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<Discovery>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}
