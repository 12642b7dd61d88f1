//! The one error type at the edge: what soabi could not do, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use anstream::eprintln;
use soabi_audit::config::ConfigFileError;
#[cfg(run)]
use soabi_core::PythonId;
use soabi_core::foreign;
#[cfg(run)]
use soabi_harness::build::CacheError;
#[cfg(run)]
use soabi_harness::truth::TruthError;
#[cfg(run)]
use soabi_object::FileError;
use soabi_report::merge::MergeError;

use crate::cli::explain::UnknownTopicError;
use crate::source_error::SourceError;

/// Why a command ended without a report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[cfg(run)]
    #[error("no Python was found")]
    NoPython { help: String },
    #[cfg(run)]
    #[error("no interpreter that was found is wanted: {wanted}")]
    NoneWanted { wanted: String, help: String },
    #[error("`{0}` selects nothing")]
    Unmatched(String),
    #[cfg(run)]
    #[error("`{0}` is no toolkit")]
    MixedFlavors(String),
    #[cfg(run)]
    #[error("threads could not be started")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    #[cfg(run)]
    #[error("there is no flavor `{flavor}`")]
    NoSuchFlavor { flavor: String, known: String },
    #[cfg(run)]
    #[error("there is no claim `{claim}`")]
    NoSuchClaim { claim: String, known: String },
    #[cfg(run)]
    #[error("`{}` is not an interpreter that can be queried: {why}", path.display())]
    BrokenPython { path: PathBuf, why: String },
    #[error(transparent)]
    Config(ConfigFileError),
    #[error("the configuration's `format`: {0}")]
    NoSuchFormat(String),
    #[cfg(run)]
    #[error("nothing is left of the matrix: {0}")]
    NothingToDo(String),
    #[cfg(run)]
    #[error("there is no wheel in `{}`", .0.display())]
    NoWheels(PathBuf),
    #[cfg(run)]
    #[error("the dependency `{}` cannot be laid out: {why}", path.display())]
    Dependency { path: PathBuf, why: String },
    #[cfg(run)]
    #[error("`{}` is not the name of an extension module", .0.display())]
    NotAModule(PathBuf),
    #[error("`{}` could not be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[cfg(run)]
    #[error("the exports of `{}` could not be read", file.display())]
    Snapshot { file: PathBuf, source: FileError },
    #[error("the report could not be written to `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the report would replace `{}`, which is an input{}", output.display(), under_its_name(output, input))]
    OutputIsInput { output: PathBuf, input: PathBuf },
    #[error("the report would replace `{}`, which is an archive or a native file", path.display())]
    OutputIsBinary { path: PathBuf },
    #[error("the report could not be written")]
    Stdout(#[source] io::Error),
    #[cfg(run)]
    #[error("there is no place for a temporary folder")]
    Scratch(#[source] io::Error),
    #[error("there is no place for a cache: {0}")]
    NoCache(String),
    #[cfg(run)]
    #[error("there is no place for interpreters: {0}")]
    NoData(String),
    #[cfg(run)]
    #[error(transparent)]
    Cache(CacheError),
    #[error("`{}` is no report of a matrix: {why}", path.display())]
    NoReport { path: PathBuf, why: String },
    #[error(transparent)]
    Topic(UnknownTopicError),
    #[error(transparent)]
    Merge(MergeError),
    #[cfg(run)]
    #[error("{why}")]
    NoSuchCell { why: String, help: String },
    #[cfg(run)]
    #[error("no module `{0}` is to be imported")]
    NothingToCall(String),
    #[cfg(run)]
    #[error("no debug build of Python is to import `{0}`, and only they count references")]
    NothingCounts(String),
    #[cfg(run)]
    #[error("no cell would run on {0}")]
    NotOnTheAxis(PythonId),
    #[cfg(run)]
    #[error("{0} is an interpreter of another machine, and this command runs what is built for this one")]
    ForeignPython(PythonId),
    #[cfg(run)]
    #[error("`{}`", path.display())]
    Truth { path: PathBuf, source: TruthError },
    #[cfg(run)]
    #[error("this program cannot find its own file")]
    NoSelf(#[source] io::Error),
    #[cfg(not(run))]
    #[error("{what}, and this build of soabi runs no interpreters")]
    DoesNotRun { what: String },
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the journal `{}`", path.display())]
    Journal { path: PathBuf, source: io::Error },
    #[error("the same run is going on: `{}` is locked", path.display())]
    SameRun { path: PathBuf },
    #[error("`{command}` is not a command of soabi")]
    NoSuchCommand { command: String, nearest: Option<String> },
}

/// The name of the input, where it is another than that of the output.
fn under_its_name(output: &Path, input: &Path) -> String {
    if output == input { String::new() } else { format!(" (`{}`)", input.display()) }
}

impl Error {
    /// What the user can do, where there is something to do.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            #[cfg(run)]
            Self::NoPython { help } | Self::NoneWanted { help, .. } | Self::NoSuchCell { help, .. } => {
                Some(help.clone())
            }
            Self::OutputIsInput { .. } | Self::OutputIsBinary { .. } => Some(
                "`-o` takes the argument behind it: `audit -o dist/*.whl` makes the first wheel the output. Name a file \
                 for the report, `audit -o report.txt dist/*.whl`"
                    .to_owned(),
            ),
            Self::NoReport { .. } => Some("`soabi matrix --format json` writes one".to_owned()),
            Self::Merge(error) => Some(error.hint().to_owned()),
            Self::Source(error) => Some(error.hint()),
            Self::Unmatched(_) => Some("`soabi pythons` lists the interpreters and their ids".to_owned()),
            #[cfg(run)]
            Self::ForeignPython(_) => {
                Some("`soabi matrix WHEEL` runs what is built for that machine there".to_owned())
            }
            #[cfg(run)]
            Self::NotOnTheAxis(_) => Some("`soabi pythons` lists the interpreters and their ids".to_owned()),
            #[cfg(run)]
            Self::NothingToCall(_) => Some("`--call` names a module of a wheel or of a package, dots included".to_owned()),
            #[cfg(run)]
            Self::NothingCounts(_) => Some(
                "`soabi pythons --install cp313d` gets one; `--all-pythons` imports beyond the tags of a wheel".to_owned(),
            ),
            #[cfg(run)]
            Self::NoWheels(_) => Some("`pip download --dest DIR NAME` fills one".to_owned()),
            #[cfg(run)]
            Self::NotAModule(_) => Some(
                "a module's file is called like `spam.so`, `spam.abi3.so` or \
                 `spam.cpython-311-x86_64-linux-gnu.so`"
                    .to_owned(),
            ),
            #[cfg(run)]
            Self::NoSuchClaim { known, .. } => Some(format!("the claims are {known}")),
            #[cfg(run)]
            Self::MixedFlavors(_) => {
                Some("toolkits are built and run apart from soabi's own specimens; name either".to_owned())
            }
            #[cfg(run)]
            Self::NoSuchFlavor { known, .. } => Some(format!("the flavors are {known}")),
            Self::Config(error) => Some(error.hint().to_owned()),
            Self::Journal { .. } => {
                Some("remove it to begin anew, or name another folder with `--cache-dir`".to_owned())
            }
            Self::SameRun { .. } => Some("wait for it, or name another folder with `--cache-dir`".to_owned()),
            Self::NoCache(_) => Some("name a folder with `--cache-dir`".to_owned()),
            #[cfg(run)]
            Self::Cache(_) => Some("name a folder with `--cache-dir`".to_owned()),
            #[cfg(run)]
            Self::NoData(_) => Some("name a folder with the environment variable SOABI_DATA_DIR".to_owned()),
            #[cfg(run)]
            Self::Scratch(_) => Some("set TMPDIR to a folder with some room".to_owned()),
            #[cfg(not(run))]
            Self::DoesNotRun { .. } => {
                Some("`soabi audit` reads files without running anything, on every system".to_owned())
            }
            Self::NoSuchCommand { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            _ => None,
        }
    }

    /// The error with its causes, as one line.
    pub(crate) fn in_full(&self) -> String {
        soabi_core::error_text(self)
    }

    /// Tells the user, on stderr.
    pub(crate) fn print(&self) {
        let bold = anstyle::Style::new().bold();
        let red = bold.fg_color(Some(anstyle::AnsiColor::Red.into()));
        eprintln!("{red}error{red:#}: {}", foreign::lines(&self.in_full()));
        if let Some(hint) = self.hint() {
            eprintln!("\n{bold}hint{bold:#}: {hint}");
        }
    }
}
