//! The command line of `soabi matrix`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use soabi_core::{PythonId, Rung, Shard};
use soabi_report::MatrixReport;

use super::given::GivenOptions;
use super::options::{PythonOptions, ReportOptions, seconds};
use crate::output::format::{self, Chosen, ReportCopy};
use crate::output::matrix;

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("named").args(["artifacts", "flavors"]).multiple(true))]
pub(crate) struct MatrixArgs {
    #[command(flatten)]
    pub(crate) given: GivenOptions,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// A flavor of specimen (c-single), or a family of them (c-abi3). A toolkit (cython, pybind11, nanobind, cffi, swig,
    /// mypyc, pyo3-maturin) is built into wheels with what uv or pip gets; uses the network. Repeatable
    #[arg(long = "flavor", value_name = "FLAVOR", value_delimiter = ',', conflicts_with = "artifacts")]
    pub(crate) flavors: Vec<String>,
    /// A rung of evidence. Repeatable; without it, load and import
    #[arg(long = "rung", value_enum, value_name = "RUNG")]
    pub(crate) rungs: Vec<RungName>,
    /// Run cells in these interpreters only, of what is built for all of them. Repeatable
    #[arg(long = "run-on", value_name = "ID", value_delimiter = ',')]
    pub(crate) run_on: Vec<PythonId>,
    /// Run the Kth of N parts of the matrix; `soabi merge` joins their reports. Every cell is in exactly one
    #[arg(long, value_name = "K/N", conflicts_with = "show_commands")]
    pub(crate) shard: Option<Shard>,
    /// Print the cells and run none
    #[arg(long)]
    pub(crate) plan: bool,
    /// Print the commands that build the specimens, and run none
    #[arg(long, conflicts_with_all = ["artifacts", "plan"])]
    pub(crate) show_commands: bool,
    /// Read the expected results from a file instead of deriving them from the ABI rules
    #[arg(long, value_name = "FILE")]
    pub(crate) expected: Option<PathBuf>,
    /// How cells of one interpreter are kept apart
    #[arg(long, value_enum, default_value_t = IsolationName::Fork, value_name = "HOW")]
    pub(crate) isolation: IsolationName,
    /// How many probes an accepted module has to answer
    #[arg(long, value_enum, default_value_t = ProbesName::Once, value_name = "HOW")]
    pub(crate) probes: ProbesName,
    /// Continue an interrupted run with the same arguments: cells that finished are not run again
    #[arg(long, conflicts_with_all = ["plan", "show_commands"])]
    pub(crate) resume: bool,
    /// Begin no more cells after the first that breaks a promise or is not as predicted; `--resume` goes on from there
    #[arg(long, conflicts_with_all = ["plan", "show_commands"])]
    pub(crate) fail_fast: bool,
    /// How many children may run at once; the number of cores if left out
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// The time that one cell may take, in seconds
    #[arg(long, default_value = "20", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) time_limit: Duration,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RungName {
    /// A child process opens the interpreter's library, then the artifact, then its init symbol
    Load,
    /// The interpreter imports the module and runs the probes
    Import,
}

impl From<RungName> for Rung {
    fn from(name: RungName) -> Self {
        match name {
            RungName::Load => Self::Load,
            RungName::Import => Self::Import,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IsolationName {
    /// One warm interpreter forks a child for every cell that runs something; behind the walls that the system gives
    Fork,
    /// A fresh interpreter for every cell; behind the same walls
    Process,
    /// As fork; where a wall is missing, nothing is run
    Strict,
    /// As fork, without walls: only for files that you trust
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProbesName {
    /// The round trip of a specimen once for the same bytes in the same interpreter, and the first few probes everywhere
    Once,
    /// All of it in every cell, what only an interpreter can tell besides (the GIL, subinterpreters, a second import),
    /// and the row `notes`: what `soabi notes` claims of every interpreter
    Always,
}
