//! The command line of `soabi why`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use soabi_core::Selection;
#[cfg(run)]
use soabi_core::Selector;
use soabi_report::WhyReport;

use super::options::ReportOptions;
use crate::output::format::{self, Chosen};
use crate::output::why;

#[derive(Args, Debug)]
pub(crate) struct WhyArgs {
    /// A module, a wheel or a folder; the name of a symbol; or an error message, several words of which may stand without
    /// quotation marks. `-` for a message on stdin
    #[arg(value_name = "FILE|SYMBOL|MESSAGE", required = true)]
    pub(crate) question: Vec<OsString>,
    /// Ask about this interpreter: versions of CPython with the GIL (3.13, ">=3.9,<3.14"), a build (3.13t, cp313,
    /// pypy3.11), or the path of one. Repeatable
    #[arg(short = 'p', long = "python", value_name = "VERSIONS|ID|PATH")]
    pub(crate) pythons: Vec<Selection>,
    /// The cache folder
    #[arg(long, env = "SOABI_CACHE_DIR", value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_parser = format::parser(why::FORMATS), default_value = "human")]
    pub(crate) format: Chosen<WhyReport>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[cfg(run)]
impl WhyArgs {
    /// The interpreters that are named.
    pub(crate) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.pythons.iter().flat_map(|selection| &selection.0)
    }
}
