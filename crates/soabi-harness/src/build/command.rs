//! Commands: how they are run, and their text for a shell.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::not_built::NotBuilt;

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandLine {
    /// Environment variables, set before it.
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// The program and what may come with it (`ccache gcc`).
    pub(super) program: Vec<OsString>,
    /// The arguments.
    pub(super) arguments: Vec<OsString>,
}

impl CommandLine {
    pub(super) fn new<A: Into<OsString>>(
        program: &[OsString],
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { variables: Vec::new(), program: program.to_vec(), arguments }
    }

    /// Runs the command in `folder`, without the environment variables in `hidden`. Its temporary files are in
    /// `temporary`: a compiler that is killed leaves them.
    pub(super) fn run(
        &self,
        folder: &Path,
        temporary: &Path,
        hidden: &[OsString],
        limit: Duration,
    ) -> Result<(), NotBuilt> {
        let words: Vec<_> = self.program.iter().chain(&self.arguments).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(folder);
        for variable in hidden {
            command.env_remove(variable);
        }
        command.env("TMPDIR", temporary).envs(self.variables.iter().map(|(name, value)| (name, value)));

        let program = words[0].display().to_string();
        let finished =
            soabi_child::run(&mut command, limit).map_err(NotBuilt::io("run", Path::new(words[0])))?;
        match finished.status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(NotBuilt::Failed {
                program,
                status: status.to_string(),
                stderr: String::from_utf8_lossy(&finished.stderr).into_owned(),
            }),
            None => Err(NotBuilt::TimedOut { program, limit }),
        }
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}={} ", quoted(value))?;
        }
        let words: Vec<_> = self.program.iter().chain(&self.arguments).map(|word| quoted(word)).collect();
        f.write_str(&words.join(" "))
    }
}

/// A word, quoted for a shell where it needs that. A word with a NUL, which no command can have, stays as it is.
pub fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    shlex::try_quote(&word).map_or_else(|_| word.to_string(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_words_back() {
        let words = ["plain-1.0", "", "two words", "it's", "$HOME", "a\"b", "-DX=0x1", "*"];
        let mut command = CommandLine::new(&["printf".into(), "%s\\n".into()], words);
        command.variables.push(("SPAM", "a b".into()));
        let output = Command::new("/bin/sh").args(["-c", &command.to_string()]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), words);
        assert!(command.to_string().starts_with("SPAM='a b' printf "));
    }
}
