//! The command line of `soabi audit`.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use soabi_audit::config::FailOn;
use soabi_core::Selection;
#[cfg(run)]
use soabi_core::Selector;
use soabi_report::AuditReport;
use soabi_rules::RuleId;

use super::options::ReportOptions;
use crate::output::audit;
use crate::output::format::{self, Chosen, ReportCopy};

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// A wheel, a native file, a folder to search for both, or a release to fetch [default: dist, .venv]
    #[arg(value_name = "PATH|NAME==VERSION")]
    pub(crate) paths: Vec<PathBuf>,
    /// Require that this interpreter loads every module: versions of CPython with the GIL (3.13, 3.9..,
    /// ">=3.9,<3.14"), a build (3.13t, 3.13d, cp313, pypy3.11), or the path of one. Repeatable
    #[arg(short = 'p', long = "python", value_name = "VERSIONS|ID|PATH")]
    pub(crate) pythons: Vec<Selection>,
    /// Show these interpreters alone, named as for --python. Repeatable
    #[arg(long, value_name = "VERSIONS|ID|PATH")]
    pub(crate) show: Vec<Selection>,
    /// Show every interpreter: debug builds, Python 2.7 and PyPy as well
    #[arg(long, conflicts_with = "show")]
    pub(crate) all: bool,
    /// Compare with another release, in a folder or fetched by its name: what had a wheel there and has none here is lost
    #[arg(long, value_name = "DIR|NAME")]
    pub(crate) against: Option<PathBuf>,
    /// The cache folder
    #[arg(long, env = "SOABI_CACHE_DIR", value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither read nor write what is remembered of wheels
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// What was asked for before it was the default.
    #[arg(long, hide = true, conflicts_with = "no_cache")]
    pub(crate) cache: bool,
    /// Run these rules only. Repeatable
    #[arg(long, env = "SOABI_SELECT", value_delimiter = ',', value_name = "RULE")]
    pub(crate) select: Vec<RuleId>,
    /// Ignore these rules as well as those in the configuration file. Repeatable
    #[arg(long, env = "SOABI_IGNORE", value_delimiter = ',', value_name = "RULE")]
    pub(crate) ignore: Vec<RuleId>,
    /// The lowest severity that makes the audit fail [default: error]
    #[arg(long, value_enum, env = "SOABI_FAIL_ON", value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOnName>,
    /// Exit with 0 whatever is found; where something could not be audited, with 2 all the same
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// The configuration file, instead of the nearest soabi.toml or pyproject.toml with [tool.soabi]
    #[arg(long, env = "SOABI_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// The memory that native files may take while they are read, such as 500M or 2G. A file that needs more is not
    /// examined [default: half of the machine's memory]
    #[arg(long, env = "SOABI_MAX_MEMORY", value_name = "SIZE")]
    pub(crate) max_memory: Option<ByteSize>,
    /// Keep a journal, and continue from that of an interrupted audit with the same arguments
    #[arg(long)]
    pub(crate) resume: bool,
    /// Tell of files that could not be examined and go on: they do not make the audit fail. An input that is not there
    /// does
    #[arg(long)]
    pub(crate) allow_unexamined: bool,
    /// The form of the report [default: human]
    #[arg(long, value_parser = format::parser(audit::FORMATS))]
    pub(crate) format: Option<Chosen<AuditReport>>,
    /// Write the report to this file in this form as well. Repeatable
    #[arg(long = "report", value_parser = format::copy_parser(audit::FORMATS), value_name = "FORMAT=FILE")]
    pub(crate) copies: Vec<ReportCopy<AuditReport>>,
    /// Print how often each rule was found, before the verdict
    #[arg(long)]
    pub(crate) statistics: bool,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[cfg(run)]
impl AuditArgs {
    /// The interpreters that are named.
    pub(crate) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.pythons.iter().chain(&self.show).flat_map(|selection| &selection.0)
    }

    /// Whether wheels have to be fetched by name, unless they are in the cache.
    pub(crate) fn fetches(&self) -> bool {
        let is_named =
            |path: &PathBuf| !path.exists() && path.to_str().is_some_and(|text| text.contains("=="));
        self.paths.iter().any(is_named) || self.against.as_ref().is_some_and(|other| !other.exists())
    }
}

/// The lowest severity that makes an audit fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnName {
    /// The file does not work in a Python that its tags name
    Error,
    /// The file may fail in a Python that its tags name
    Warning,
    /// Any finding
    Note,
    /// No finding: the exit status is 0
    Never,
}

impl From<FailOnName> for FailOn {
    fn from(name: FailOnName) -> Self {
        match name {
            FailOnName::Error => Self::Error,
            FailOnName::Warning => Self::Warning,
            FailOnName::Note => Self::Note,
            FailOnName::Never => Self::Never,
        }
    }
}
