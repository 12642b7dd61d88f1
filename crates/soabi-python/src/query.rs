//! Asking one interpreter who it is.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why an interpreter did not say who it is.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// There is nothing at the path.
    #[error("no such file")]
    NotFound,
    /// The path is a link to a file that is not there.
    #[error("a broken link to `{}`", .target.display())]
    BrokenLink {
        /// What the link says.
        target: PathBuf,
    },
    /// The path is a folder.
    #[error("a directory, not an interpreter")]
    Directory,
    /// The file may not be executed.
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
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// A signal killed it.
    #[error("killed by signal {signal}{}", quoted(.stderr))]
    Crashed {
        /// The signal's number.
        signal: i32,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// It gave up. A Python that could start the query never does.
    #[error("exit status {code}{}", quoted(.stderr))]
    Exited {
        /// The exit status.
        code: i32,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// It wrote without end.
    #[error("more than {limit} bytes of output, none of them an answer")]
    Flooded {
        /// How much was read before it was killed.
        limit: usize,
    },
    /// It ended well and answered something else.
    #[error("the output is not an answer{}", quoted(.stdout))]
    Garbage {
        /// The start of what it wrote to stdout.
        stdout: String,
    },
    /// It answered, in a form that this version of soabi does not read.
    #[error("the answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// It answered that it cannot say who it is.
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
        /// What it says it is.
        implementation: String,
        /// Its version.
        version: String,
        /// The first of its extension suffixes.
        suffix: String,
    },
}

/// The last line of an output, ready to follow a message. Nothing for an empty output.
fn quoted(output: &str) -> String {
    match output.trim_end().lines().next_back() {
        Some(line) => format!(": {line}"),
        None => String::new(),
    }
}

impl QueryError {
    /// What to do about it, where something can be done.
    pub fn hint(&self) -> Option<String> {
        None
    }
}
