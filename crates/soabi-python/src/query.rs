//! Queries one interpreter for its identity.

use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::io::Errno;
use soabi_child::KEPT;

use crate::answer::{Answer, Reply};
use crate::emulator::Emulator;
use crate::query_error::QueryError;

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

/// Asks the interpreter in the file `path`.
///
/// An emulator has more time for it.
pub(crate) fn ask(path: &Path, emulator: Option<&Emulator>, time: Duration) -> Result<Answer, QueryError> {
    look(path)?;
    let time = if emulator.is_some() { Emulator::slowed(time) } else { time };
    let itself = || (path.to_owned(), Vec::new());
    let (program, args) = emulator.map_or_else(itself, |emulator| emulator.command(path));
    let mut command = Command::new(program);
    command.args(args);
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
