//! The command line: one file for each command, and what commands share.

pub(crate) mod abi3audit;
pub(crate) mod audit;
pub(crate) mod cache;
#[cfg(run)]
pub(crate) mod ci;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod floor;
#[cfg(run)]
mod given;
pub(crate) mod inspect;
#[cfg(run)]
pub(crate) mod load;
pub(crate) mod man;
#[cfg(run)]
pub(crate) mod matrix;
pub(crate) mod merge;
#[cfg(run)]
pub(crate) mod notes;
pub(crate) mod options;
#[cfg(run)]
pub(crate) mod pythons;
pub(crate) mod why;

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
#[cfg(run)]
use soabi_core::Selector;

use abi3audit::Abi3AuditArgs;
use audit::AuditArgs;
use cache::CacheArgs;
#[cfg(run)]
use ci::CiArgs;
use completions::CompletionsArgs;
use explain::ExplainArgs;
use floor::FloorArgs;
use inspect::InspectArgs;
#[cfg(run)]
use load::LoadArgs;
use man::ManArgs;
#[cfg(run)]
use matrix::MatrixArgs;
use merge::MergeArgs;
#[cfg(run)]
use notes::NotesArgs;
#[cfg(run)]
use pythons::PythonsArgs;
use why::WhyArgs;

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
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// How much is printed.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Verbosity {
    /// Print more: -v notes, all reasons and whole lists, -vv every column and every row as well
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet", display_order = 101)]
    verbose: u8,
    /// Print less: -q no progress, -qq no report on stdout either, so that only the exit status says something
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 102)]
    quiet: u8,
}

impl Verbosity {
    /// How often `-v` is given, or how often `-q`, as a negative number.
    pub(crate) fn level(self) -> i8 {
        let bounded = |times: u8| i8::try_from(times).unwrap_or(i8::MAX);
        bounded(self.verbose).saturating_sub(bounded(self.quiet))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report which Pythons can load wheels and native files, and which tags are wrong
    ///
    /// Reads wheels, extension modules (.so, .pyd, .dylib: any native file, whatever its name) and folders of
    /// them, such as an installed environment. Runs no code and needs no Python. Source distributions are passed over.
    ///
    /// Without a path: dist/ if it holds a wheel, else the active virtual environment, else the nearest .venv.
    /// NAME==VERSION audits the wheels of a release, which your pip or uv fetches into the cache.
    ///
    /// Of several wheels of one release it also reports which one pip and uv choose on each system for each Python, and
    /// which Pythons get none.
    ///
    /// Limits: a member of a wheel is read up to 4 GiB, and one above 64 MiB only if it inflates to no more than
    /// 200 times its compressed size. What is beyond a limit is reported as not examined.
    ///
    /// Exit status: 0 clean, 1 findings at or above --fail-on, a module that an interpreter of --python does not load or
    /// a wheel that --against has and this release has not, 2 something could not be audited (the rest is still
    /// reported).
    Audit(AuditArgs),
    /// Say why a module does not load: for an error message, a symbol, or a file
    ///
    /// A message is a line, a whole traceback, or a log; `-` reads it from stdin. A symbol is looked up in the export
    /// tables of every known Python and C library. A file is answered with what each Python does with it.
    ///
    /// Exit status: 0 answered, 1 nothing is known about it, or an interpreter of --python does not load the file or does
    /// not export the symbol, 2 something could not be read.
    Why(WhyArgs),
    /// Show the lowest Python that a module needs, and what keeps it from the stable ABIs
    ///
    /// Names that it imports and numbers in its definition set the lowest and the newest Python. For abi3 and abi3t each
    /// thing in the way is named, with the version from which on it would do. What a macro compiled into the file leaves
    /// no name, and is not seen.
    ///
    /// Exit status: 0, or 2 when something could not be read.
    Floor(FloorArgs),
    /// Show the cache folder and its size, or remove things from it
    Cache(CacheArgs),
    /// Show what a native file or a wheel says about itself: its module definition, and what it was built with
    ///
    /// Reads the module's definition out of the binary. Runs no code and needs no Python.
    ///
    /// Exit status: 0, or 2 when something could not be read.
    Inspect(InspectArgs),
    /// Import modules in every installed Python, and compare the results with what their ABI guarantees
    ///
    /// Without arguments, soabi builds its own module `spam` for every interpreter in C, in Rust and with
    /// PyO3, and runs the whole matrix. With arguments, it runs the given modules.
    ///
    /// Exit status: 0 every promise was kept, 1 a promise was broken, 2 something could not be done.
    #[cfg(run)]
    Matrix(MatrixArgs),
    /// Merge the reports of several runs: the shards of one run, or runs in different interpreters
    ///
    /// Reports can be merged in any order, and merged reports can be merged again. Reports of different versions of
    /// soabi, and reports with a cell in common, are refused. A missing shard is an error.
    ///
    /// Exit status: as `soabi matrix` would have ended; 2 when a shard is missing.
    Merge(MergeArgs),
    /// List the interpreters: found, missing and how to get them, broken; or install missing ones
    #[cfg(run)]
    Pythons(PythonsArgs),
    /// Load one artifact beside one interpreter's library, and report which step refuses it
    #[cfg(run)]
    Load(LoadArgs),
    /// Explain a rule, a kind of message, a claim, a cell of the matrix, or a word that soabi prints
    Explain(ExplainArgs),
    /// Check the documented behaviour of the C API in every installed Python
    ///
    /// Each claim (calling conventions, conversions, imports) is compared with the answers that are expected of each
    /// version of Python, with the reason where they differ. --format markdown writes the claims as a page.
    ///
    /// Exit status: 0 every answer is the expected one, 1 some are not, 2 something could not be done.
    #[cfg(run)]
    Notes(NotesArgs),
    /// Write files for continuous integration: for your project, which audits its wheels, or for soabi's own matrix
    #[cfg(run)]
    Ci(CiArgs),
    /// Audit as abi3audit does: its options, its report and its exit codes, with soabi's judgement
    ///
    /// Says of each native file which names it takes from an interpreter that the stable ABI does not promise. A wheel
    /// is held to the version in its tag, a file by itself to --assume-minimum-abi3. `soabi audit` says more.
    ///
    /// Exit status: 0 nothing is wrong, 1 something is, or could not be audited.
    #[command(name = "abi3audit", version = crate::command::abi3audit::VERSION, infer_long_args = true,
        display_name = "abi3audit")]
    Abi3Audit(Abi3AuditArgs),
    /// Write the completions of a shell
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder
    Man(ManArgs),
    /// A command that this build does not have.
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

#[cfg(run)]
impl Command {
    /// Whether it starts processes that must end when soabi is interrupted.
    pub(crate) fn starts_children(&self) -> bool {
        match self {
            Self::Audit(args) => args.selectors().any(Selector::is_path) || args.fetches(),
            Self::Why(args) => args.selectors().any(Selector::is_path),
            Self::Abi3Audit(_)
            | Self::Cache(_)
            | Self::Inspect(_)
            | Self::Floor(_)
            | Self::Merge(_)
            | Self::Explain(_)
            | Self::Ci(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Other(_) => false,
            Self::Matrix(_) | Self::Pythons(_) | Self::Load(_) | Self::Notes(_) => true,
        }
    }
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[rstest]
    #[case(&["audit", "x"], 0)]
    #[case(&["-v", "audit", "x"], 1)]
    #[case(&["audit", "-vv", "x"], 2)]
    #[case(&["audit", "x", "--verbose"], 1)]
    #[case(&["audit", "-q", "x"], -1)]
    #[case(&["audit", "x", "-qq"], -2)]
    fn verbosity_is_global(#[case] args: &[&str], #[case] level: i8) {
        let cli = Cli::try_parse_from(["soabi"].iter().chain(args)).unwrap();
        assert_eq!(cli.verbosity.level(), level);
    }

    #[test]
    fn more_and_less_conflict() {
        assert!(Cli::try_parse_from(["soabi", "audit", "-v", "-q", "x"]).is_err());
    }
}
