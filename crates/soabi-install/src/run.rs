//! Programs that installers start.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};
use std::{fmt, io};

use soabi_child::{Child, Event};

/// How long a program may take. A debug build of CPython on a slow machine takes an hour.
const LIMIT: Duration = Duration::from_hours(6);

/// How many lines of a failed program are reported.
const REPORTED: usize = 12;

/// A program to start, its arguments, and what its environment has beside ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The program's name, searched for on `PATH`, or its path.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables to set.
    pub env: Vec<(String, String)>,
    /// The folder to start it in.
    pub dir: Option<PathBuf>,
}

impl Invocation {
    /// `program` without arguments.
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// With these arguments, after those it has.
    #[must_use]
    pub fn args<A: Into<String>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// With this path as an argument.
    #[must_use]
    pub fn path(self, path: &Path) -> Self {
        self.args([path.display().to_string()])
    }

    /// With this variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// Started in this folder.
    #[must_use]
    pub fn within(mut self, dir: &Path) -> Self {
        self.dir = Some(dir.to_owned());
        self
    }
}

/// The command line, quoted for a shell.
impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

/// A word, quoted for a shell where it needs that. A word with a NUL, which no command can have, stays as it is.
fn quoted(word: &str) -> Cow<'_, str> {
    shlex::try_quote(word).unwrap_or(Cow::Borrowed(word))
}

/// Starts programs. A trait, so that installers are tested without any.
pub trait Run {
    /// Runs the program to its end and returns its lines; `see` gets each as it comes. Those of stderr are among
    /// them.
    fn run(&self, invocation: &Invocation, see: &mut dyn FnMut(&str)) -> Result<Vec<String>, RunError>;

    /// Whether the program is found on `PATH` and can be executed.
    fn has(&self, program: &str) -> bool;
}

/// A program that failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be started, or its output could not be read.
    #[error("`{command}` could not be started")]
    Start {
        /// What was to be run.
        command: String,
        /// Why it was not.
        source: io::Error,
    },
    /// It ended with an exit status other than 0, or took too long.
    #[error("`{command}` failed")]
    Failed {
        /// What was run.
        command: String,
        /// The last lines that it wrote.
        lines: Vec<String>,
    },
}

/// The programs of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Processes;

impl Run for Processes {
    fn run(&self, invocation: &Invocation, see: &mut dyn FnMut(&str)) -> Result<Vec<String>, RunError> {
        let failure = |lines: Vec<String>| RunError::Failed { command: invocation.to_string(), lines };
        let (lines, status) = execute(invocation, see)
            .map_err(|source| RunError::Start { command: invocation.to_string(), source })?;
        match status {
            Some(status) if status.success() => Ok(lines),
            Some(status) => {
                let skipped = lines.len().saturating_sub(REPORTED);
                let last = lines.into_iter().skip(skipped).filter(|line| !line.trim().is_empty());
                Err(failure(last.chain([status.to_string()]).collect()))
            }
            None => Err(failure(vec![format!("it took longer than {} hours", LIMIT.as_secs() / 3600)])),
        }
    }

    fn has(&self, program: &str) -> bool {
        which::which(program).is_ok()
    }
}

/// The lines of the program, and its status; `None` when its time was up. The shell makes one stream of stdout and
/// stderr, in the order in which they were written.
fn execute(
    invocation: &Invocation,
    see: &mut dyn FnMut(&str),
) -> io::Result<(Vec<String>, Option<ExitStatus>)> {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "exec \"$0\" \"$@\" 2>&1 </dev/null"])
        .arg(&invocation.program)
        .args(&invocation.args);
    command.envs(invocation.env.iter().map(|(name, value)| (name, value))).env("LC_ALL", "C");
    if let Some(dir) = &invocation.dir {
        command.current_dir(dir);
    }
    let mut child = Child::spawn(&mut command)?;
    let deadline = Instant::now() + LIMIT;
    let mut lines = Vec::new();
    loop {
        match child.next_event(deadline, true)? {
            Event::Line(line) => {
                let line = String::from_utf8_lossy(&line).into_owned();
                see(&line);
                lines.push(line);
            }
            Event::Ended(status) => return Ok((lines, Some(status))),
            Event::TimedOut => return Ok((lines, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Invocation {
        Invocation::new("sh").args(["-c", script])
    }

    #[test]
    fn both_streams_in_their_order() {
        let mut seen = Vec::new();
        let script = "echo one; echo two >&2; echo three";
        let lines = Processes.run(&sh(script), &mut |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one", "two", "three"]);
        assert_eq!(seen, lines);
    }

    #[test]
    fn a_failure_reports_the_last_lines() {
        let error = Processes.run(&sh("seq 1 100; exit 3"), &mut |_| {}).unwrap_err();
        let RunError::Failed { command, lines } = error else { panic!("{error}") };
        assert_eq!(command, "sh -c 'seq 1 100; exit 3'");
        assert_eq!(lines.len(), REPORTED + 1);
        assert_eq!((&*lines[0], &*lines[REPORTED]), ("89", "exit status: 3"));
    }

    #[test]
    fn missing_program() {
        let error = Processes.run(&Invocation::new("no-such-program"), &mut |_| {}).unwrap_err();
        let RunError::Failed { lines, .. } = error else { panic!("{error}") };
        assert!(lines[0].ends_with("no-such-program: not found"), "{lines:?}");
        assert!(!Processes.has("no-such-program"));
        assert!(Processes.has("sh"));
    }

    #[test]
    fn a_file_that_cannot_be_executed_is_no_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tool");
        std::fs::write(&program, "#!/bin/sh\n").unwrap();
        let path = program.to_str().unwrap();
        for (mode, expected) in [(0o644, false), (0o755, true)] {
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Processes.has(path), expected, "{mode:o}");
        }
    }

    /// A shell that is given the text runs the command.
    #[test]
    fn the_text_is_a_command_line() {
        let invocation = sh("echo \"$1 $SOABI_TEST\"").args(["sh", "it's $HOME"]).env("SOABI_TEST", "a b");
        let lines = Processes.run(&sh(&invocation.to_string()), &mut |_| {}).unwrap();
        assert_eq!(lines, ["it's $HOME a b"]);
    }

    #[test]
    fn folder_and_environment() {
        let folder = tempfile::tempdir().unwrap();
        let invocation = sh("pwd -P; echo $SOABI_TEST").within(folder.path()).env("SOABI_TEST", "yes");
        let lines = Processes.run(&invocation, &mut |_| {}).unwrap();
        assert_eq!(lines, [folder.path().canonicalize().unwrap().to_str().unwrap(), "yes"]);
    }
}
