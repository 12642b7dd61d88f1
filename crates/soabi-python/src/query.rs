//! Queries one interpreter for its identity.

use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::io::Errno;
use soabi_child::KEPT;

use crate::answer::{Answer, Reply};

/// The query script. Its head lists what it may use.
pub(crate) const SCRIPT: &str = include_str!("query.py");

/// The text before the answer, on its line.
const MARKER: &str = "soabi-answer: ";

/// The options of the query. `-I` includes the first two, and 2.7 does not have it.
///
/// `-E`: no `PYTHON*` variable counts. `-s`: no packages of the user's. `-S`: no `site`, and so no `.pth` file
/// and no `sitecustomize`, which may be any code; in a virtual environment it also means that
/// `sys.prefix` is the base interpreter's until 3.13. `-B`: no `.pyc` is written.
const FLAGS: [&str; 5] = ["-E", "-s", "-S", "-B", "-c"];

/// Why the query of an interpreter failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// There is nothing at the path.
    #[error("no such file")]
    NotFound,
    /// The path is a link to a missing file.
    #[error("a broken link to `{}`", .target.display())]
    BrokenLink {
        /// The target of the link.
        target: PathBuf,
    },
    /// The path is a folder.
    #[error("a directory, not an interpreter")]
    Directory,
    /// The file is not executable.
    #[error("permission denied: the file is not executable")]
    NotExecutable,
    /// The file names a dynamic linker, or a `#!` program, that is not on this system.
    #[error("the program that has to load it is not on this system")]
    NoLoader,
    /// The file is for another machine, or no program at all.
    #[error("not a program that this machine can run")]
    ForeignFormat,
    /// The system could not start it for another reason.
    #[error("it could not be started")]
    Start(#[source] io::Error),
    /// It did not answer in time, and was killed.
    #[error("no answer within {limit:?}{}", quoted(.stderr))]
    TimedOut {
        /// The time it had.
        limit: Duration,
        /// The start of what it wrote to stderr.
        stderr: String,
    },
    /// A signal killed it.
    #[error("killed by signal {signal}{}", quoted(.stderr))]
    Crashed {
        /// The signal's number.
        signal: i32,
        /// The start of what it wrote to stderr.
        stderr: String,
    },
    /// It ended with an exit status other than 0. A Python that could start the query never does.
    #[error("exit status {code}{}", quoted(.stderr))]
    Exited {
        /// The exit status.
        code: i32,
        /// The start of what it wrote to stderr.
        stderr: String,
    },
    /// It wrote without end.
    #[error("more than {limit} bytes of output, none of them an answer")]
    Flooded {
        /// How much was read before it was killed.
        limit: usize,
    },
    /// It ended well, and its output has no answer.
    #[error("the output is not an answer{}", quoted(.stdout))]
    Garbage {
        /// The start of what it wrote to stdout.
        stdout: String,
    },
    /// It answered, in a form that this version of soabi does not read.
    #[error("the answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// It answered that it cannot be identified.
    #[error("{message}")]
    Refused {
        /// The kind of trouble, by the name that the query script gives it.
        kind: String,
        /// The trouble, in words.
        message: String,
    },
    /// It answered, and its ABI has no name.
    #[error("{implementation} {version} with the suffix `{suffix}` has no ABI tag that soabi knows")]
    UnknownAbi {
        /// Its implementation.
        implementation: String,
        /// Its version.
        version: String,
        /// The first of its extension suffixes.
        suffix: String,
    },
}

impl QueryError {
    /// What to do about it, where something can be done.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::BrokenLink { .. } => Some("remove the link, or install again what it led to"),
            Self::Directory => Some("name the interpreter in it: `bin/python`"),
            Self::NotExecutable => Some("`chmod +x` it, if it is an interpreter"),
            Self::NoLoader | Self::ForeignFormat => {
                Some("it was built for another system; install one for this system")
            }
            Self::TimedOut { .. } => Some("start it by hand with `-S -c pass` and see what it waits for"),
            Self::Crashed { .. } => Some("the installation is damaged; install it again"),
            Self::Refused { kind, .. } if kind == "no_standard_library" => Some(
                "install its standard library, or name the interpreter that the virtual environment was made from",
            ),
            _ => None,
        }
    }
}

/// The line of an output that says most, ready to follow a message: the last of a traceback, otherwise the
/// first. Nothing for an empty output.
fn quoted(output: &str) -> String {
    let mut lines = output.lines().filter(|line| !line.trim().is_empty());
    let line = if output.starts_with("Traceback") { lines.next_back() } else { lines.next() };
    line.map(|line| format!(": {line}")).unwrap_or_default()
}

/// Asks the interpreter in the file `path`.
pub(crate) fn ask(path: &Path, time: Duration) -> Result<Answer, QueryError> {
    look(path)?;
    let mut command = Command::new(path);
    // macOS: set by the launcher of a framework's Python, and then every other Python takes its name.
    command.args(FLAGS).arg(SCRIPT).env_remove("__PYVENV_LAUNCHER__");
    let finished = soabi_child::ask(&mut command, time).map_err(not_started)?;
    let text = |output: &[u8]| String::from_utf8_lossy(output).into_owned();
    match finished.status {
        // An answer has 3 KB.
        _ if finished.flooded => Err(QueryError::Flooded { limit: KEPT }),
        Some(status) if status.success() => read(&text(&finished.stdout)),
        Some(status) => Err(not_successful(status, text(&finished.stderr))),
        None => Err(QueryError::TimedOut { limit: time, stderr: text(&finished.stderr) }),
    }
}

/// What can be said before anything is started.
fn look(path: &Path) -> Result<(), QueryError> {
    let is_absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(QueryError::Directory),
        Ok(_) => Ok(()),
        Err(error) if is_absent(&error) => match fs::read_link(path) {
            Ok(target) => Err(QueryError::BrokenLink { target }),
            Err(_) => Err(QueryError::NotFound),
        },
        Err(error) => Err(QueryError::Start(error)),
    }
}

/// Why a file that is there could not be started.
fn not_started(error: io::Error) -> QueryError {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::ACCESS) => QueryError::NotExecutable,
        Some(Errno::NOENT) => QueryError::NoLoader,
        Some(Errno::NOEXEC) => QueryError::ForeignFormat,
        _ => QueryError::Start(error),
    }
}

fn not_successful(status: ExitStatus, stderr: String) -> QueryError {
    match (status.signal(), status.code()) {
        (Some(signal), _) => QueryError::Crashed { signal, stderr },
        (None, code) => QueryError::Exited { code: code.unwrap_or_default(), stderr },
    }
}

/// Finds the answer in what was printed. Others may print before and after it.
fn read(stdout: &str) -> Result<Answer, QueryError> {
    let line = stdout.lines().rev().find_map(|line| line.strip_prefix(MARKER));
    let line = line.ok_or_else(|| QueryError::Garbage { stdout: stdout.chars().take(200).collect() })?;
    match serde_json::from_str(line).map_err(QueryError::Answer)? {
        Reply::Success(answer) => Ok(*answer),
        Reply::Error { kind, message } => Err(QueryError::Refused { kind, message }),
    }
}
