//! The command line.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;
use soabi_core::{AbiTag, Rung, Severity, Shard};
use soabi_notes::{Claim, claims};
use soabi_python::Selector;
use soabi_rules::RuleId;
use soabi_rules::policy::UnknownRuleError;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Proof that a Python extension module works in the Pythons it claims
#[derive(Debug, Parser)]
#[command(name = "soabi", version, styles = STYLES, propagate_version = true, infer_subcommands = false)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colors
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = 100)]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run every artifact in every interpreter, and judge what it did against what its ABI promises
    ///
    /// Without arguments, soabi builds its own module `spam` for every interpreter in C, in Rust and with
    /// PyO3, and runs the whole matrix. With arguments, it runs the modules that are named.
    ///
    /// Exit status: 0 every promise was kept, 1 a promise was broken, 2 something could not be done.
    Matrix(MatrixArgs),
    /// Say of wheels and native files which Pythons will load them, and where their tags lie
    ///
    /// Reads wheels, extension modules (.so, .pyd, .dylib: any native file, whatever its name) and folders of
    /// them, such as an installed environment. Runs nothing and needs no Python.
    ///
    /// Limits: a member of a wheel is read up to 4 GiB, and one above 64 MiB only if it inflates to no more than
    /// 200 times its compressed size. What is beyond a limit is reported as not examined.
    ///
    /// Exit status: 0 clean, 1 findings at or above --fail-on, 2 something could not be audited (the rest is
    /// still reported).
    Audit(AuditArgs),
    /// Bring the reports of several runs together: the shards of one, or runs in different interpreters
    ///
    /// Reports of different versions of soabi, and reports that have a cell in common, are refused. A shard that
    /// is not there is said.
    ///
    /// Exit status: as `soabi matrix` would have ended; 2 when a shard is missing.
    Merge(MergeArgs),
    /// List the interpreters: found, missing and how to get them, broken; or get those that are missing
    Pythons(PythonsArgs),
    /// Load one artifact beside one interpreter's library, and say which step refuses it
    Load(LoadArgs),
    /// Say why a rule is one, what a claim of the notes is, or what a cell of the matrix promises
    Explain(ExplainArgs),
    /// Ask every interpreter what extension authors are told of it: calling conventions, conversions, imports
    ///
    /// Each claim is held to the answers that are expected of each version of Python, with the reason where they
    /// are not the same everywhere. With --format markdown the claims are written as a page for people.
    ///
    /// Exit status: 0 everybody answers as expected, 1 somebody does not, 2 something could not be done.
    Notes(NotesArgs),
    /// Write the matrix as a workflow of a CI service: one job per interpreter, and one that merges
    Ci(CiArgs),
}

impl Command {
    /// Whether it runs other programs, of which none may be left when soabi is interrupted.
    pub(crate) fn starts_children(&self) -> bool {
        match self {
            Self::Audit(args) => args.python.pythons.iter().any(|python| matches!(python, Selector::Path(_))),
            Self::Merge(_) | Self::Explain(_) | Self::Ci(_) => false,
            Self::Matrix(_) | Self::Pythons(_) | Self::Load(_) | Self::Notes(_) => true,
        }
    }
}

/// Which interpreters, and where they are looked for.
#[derive(Args, Debug)]
pub(crate) struct PythonOptions {
    /// An interpreter: an id (cp311), versions (3.9.., 3.11), or the path of one. Repeatable
    #[arg(long = "python", value_name = "ID|VERSIONS|PATH", env = "SOABI_PYTHON", value_delimiter = ',')]
    pub(crate) pythons: Vec<Selector>,
    /// Where soabi keeps what it can make again: specimens, what interpreters said of themselves, audits
    #[arg(long, env = "SOABI_CACHE_DIR", value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// Where the report goes.
#[derive(Args, Debug)]
pub(crate) struct ReportOptions {
    /// Write the report to this file instead of stdout, which is `-`
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// No progress on stderr
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct MatrixArgs {
    /// Somebody's extension modules; without any, soabi's own specimens
    #[arg(value_name = "ARTIFACT")]
    pub(crate) artifacts: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// A flavor of specimen (c-single), or a family of them (c-abi3). Repeatable
    #[arg(long = "flavor", value_name = "FLAVOR", conflicts_with = "artifacts")]
    pub(crate) flavors: Vec<String>,
    /// A rung of evidence. Repeatable; without it, load and import
    #[arg(long = "rung", value_enum, value_name = "RUNG")]
    pub(crate) rungs: Vec<RungName>,
    /// Run cells in these interpreters only, of what is built for all of them. Repeatable
    #[arg(long = "run-on", value_name = "ID", value_delimiter = ',')]
    pub(crate) run_on: Vec<AbiTag>,
    /// Run the Kth of N parts, which `soabi merge` brings together. Every cell is in exactly one
    #[arg(long, value_name = "K/N", conflicts_with = "show_commands")]
    pub(crate) shard: Option<Shard>,
    /// Print the cells and run none
    #[arg(long)]
    pub(crate) plan: bool,
    /// Print the commands that build the specimens, and run none
    #[arg(long, conflicts_with_all = ["artifacts", "plan"])]
    pub(crate) show_commands: bool,
    /// Take what is expected from a truth table instead of the ABI rules
    #[arg(long, value_name = "FILE")]
    pub(crate) expected: Option<PathBuf>,
    /// How cells of one interpreter are kept apart
    #[arg(long, value_enum, default_value_t = IsolationName::Fork, value_name = "HOW")]
    pub(crate) isolation: IsolationName,
    /// How much of the round trip an accepted specimen is asked
    #[arg(long, value_enum, default_value_t = ProbesName::Once, value_name = "HOW", conflicts_with = "artifacts")]
    pub(crate) probes: ProbesName,
    /// How many children may run at once; the number of cores if left out
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// The time that one cell may take, in seconds
    #[arg(long, default_value = "20", value_parser = seconds, value_name = "SECONDS")]
    pub(crate) time_limit: Duration,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = MatrixFormat::Human)]
    pub(crate) format: MatrixFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

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

#[derive(Args, Debug)]
pub(crate) struct CiArgs {
    /// What to write
    #[arg(value_enum, value_name = "FILE")]
    pub(crate) file: CiFile,
    /// Cut the matrix of each interpreter that uv has in so many jobs, at most 16
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u8).range(1..=16), value_name = "N")]
    pub(crate) shards: u8,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[derive(Args, Debug)]
pub(crate) struct PythonsArgs {
    /// Get these interpreters, or every one that is missing: without root, into soabi's own data folder, or with
    /// uv and pyenv where they are
    #[arg(long, value_name = "ID", num_args = 0.., value_delimiter = ',')]
    pub(crate) install: Option<Vec<AbiTag>>,
    /// Say what would be downloaded, and install nothing; indexes of packages are read all the same
    #[arg(long, requires = "install")]
    pub(crate) dry_run: bool,
    /// List what this interpreter exports, as `just tables` takes it
    #[arg(long, value_name = "ID", conflicts_with = "install")]
    pub(crate) snapshot: Option<AbiTag>,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

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

#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// A wheel, a native file, or a folder to search for both
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) python: PythonOptions,
    /// Run these rules only. Repeatable
    #[arg(long, env = "SOABI_SELECT", value_delimiter = ',', value_name = "RULE")]
    pub(crate) select: Vec<RuleId>,
    /// Do not tell of these rules, in addition to those that the configuration ignores. Repeatable
    #[arg(long, env = "SOABI_IGNORE", value_delimiter = ',', value_name = "RULE")]
    pub(crate) ignore: Vec<RuleId>,
    /// The least severity that makes the audit fail [default: error]
    #[arg(long, value_enum, env = "SOABI_FAIL_ON", value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// The configuration, instead of the nearest soabi.toml or pyproject.toml with [tool.soabi]
    #[arg(long, env = "SOABI_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// Remember what was found in wheels (in the cache folder), and read unchanged ones no further than their
    /// directory
    #[arg(long)]
    pub(crate) cache: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = AuditFormat::Human)]
    pub(crate) format: AuditFormat,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

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

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A rule (symbol-capture), a claim of the notes (meth-o), or a cell as `soabi matrix --plan` prints it
    /// (c-single/cp311@cp312/import-bare); without any, the rules are listed
    #[arg(value_name = "RULE|CLAIM|CELL")]
    pub(crate) topic: Option<Topic>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

/// What is to be explained. Only cells have an `@`.
#[derive(Clone, Debug)]
pub(crate) enum Topic {
    Rule(RuleId),
    Claim(&'static Claim),
    Cell(String),
}

impl FromStr for Topic {
    type Err = UnknownRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('@') {
            return Ok(Self::Cell(text.to_owned()));
        }
        match claims().iter().find(|claim| claim.id == text) {
            Some(claim) => Ok(Self::Claim(claim)),
            None => text.parse().map(Self::Rule),
        }
    }
}

/// The least severity that makes an audit fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailOn {
    /// Somebody the file is promised to cannot use it
    #[default]
    Error,
    /// Somebody the file is promised to may be harmed
    Warning,
    /// Anything
    Note,
    /// Nothing: findings are told, and the exit status is 0
    Never,
}

impl FailOn {
    /// The severity. `None` when no finding is too bad.
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
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
    /// All of it once for the same bytes in the same interpreter, and the first few everywhere
    Once,
    /// All of it in every cell, and the row `notes`: what `soabi notes` claims of every interpreter
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiFile {
    /// The workflow for GitHub Actions
    Github,
    /// The pipeline for GitLab CI/CD
    Gitlab,
    /// Which interpreter is in which image: a table for ci/container.sh
    Containers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MatrixFormat {
    /// A picture, and a line for everything unexpected
    Human,
    /// soabi/matrix/v1
    Json,
    /// A test suite per interpreter, a test case per cell
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// A table of extensions and interpreters, and what is wrong
    Human,
    /// soabi/audit/v1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// A test suite per subject, a test case per file
    Junit,
    /// Markdown, for the summary of a CI job
    Markdown,
    /// Annotations of GitHub Actions
    Github,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Lines for people
    Human,
    /// One JSON object
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes it the choice of the whole process. `auto` leaves NO_COLOR, CLICOLOR_FORCE and the terminal to
    /// speak, and FORCE_COLOR, which many continuous integration services set.
    pub(crate) fn apply(self) {
        let forced = std::env::var_os("FORCE_COLOR").is_some_and(|value| !value.is_empty() && value != "0");
        match self {
            Self::Auto if forced && std::env::var_os("NO_COLOR").is_none() => {
                anstream::ColorChoice::Always.write_global();
            }
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() && duration <= Duration::from_hours(24) => Ok(duration),
        _ => Err("more than 0 and no more than a day".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn time_limits_are_sane() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "nan", "inf", "1e9", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
