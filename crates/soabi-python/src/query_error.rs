//! Why an interpreter could not be identified.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use soabi_core::Arch;

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
    /// The program is for another machine, and nothing here runs it.
    #[error("a program for {arch}, which `{program}` could run, and that is not on `PATH`")]
    NoEmulator {
        /// Its machine.
        arch: Arch,
        /// The emulator.
        program: String,
    },
    /// The program is for another machine, and its dynamic linker is in no folder above it.
    #[error("a program for {arch}, and its dynamic linker `{loader}` is in no folder above it")]
    NoForeignLoader {
        /// Its machine.
        arch: Arch,
        /// The dynamic linker.
        loader: String,
    },
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
            Self::NoEmulator { .. } => Some("install qemu's user mode: `apt install qemu-user-static`"),
            Self::NoForeignLoader { .. } => Some(
                "unpack the interpreter and the C library of its machine into one folder, with the paths they have there",
            ),
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
