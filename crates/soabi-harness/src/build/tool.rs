//! The programs that build, and their identity in the keys of the cache.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use super::not_built::NotBuilt;

/// Programs that only start another one. Their own file does not identify the compiler behind them.
const LAUNCHERS: [&str; 4] = ["ccache", "distcc", "rustup", "sccache"];

/// The programs that build specimens.
#[derive(Debug)]
pub struct Tools {
    /// The C compiler.
    pub cc: Tool,
    /// The Rust compiler.
    pub rustc: Tool,
    /// Cargo.
    pub cargo: Tool,
}

impl Tools {
    /// The programs of this process's environment: those that `CC`, `RUSTC` and `CARGO` name, or `cc`, `rustc`
    /// and `cargo` on `PATH`.
    pub fn of_process() -> Self {
        let tool = |variable, default| {
            let named = env::var_os(variable).filter(|value| !value.is_empty());
            Tool::new(variable, &named.unwrap_or_else(|| OsString::from(default)))
        };
        Self { cc: tool("CC", "cc"), rustc: tool("RUSTC", "rustc"), cargo: tool("CARGO", "cargo") }
    }
}

/// A program that builds.
#[derive(Debug)]
pub struct Tool {
    variable: &'static str,
    words: Vec<OsString>,
    identity: OnceLock<Result<String, NotBuilt>>,
}

impl Tool {
    /// The program that the environment variable `variable` may name. `command` may hold more than a program's
    /// name, as in `CC="ccache gcc"`; spaces divide it.
    pub fn new(variable: &'static str, command: &OsStr) -> Self {
        let words = match command.to_str() {
            Some(text) => text.split_whitespace().map(OsString::from).collect(),
            None => vec![command.to_owned()],
        };
        Self { variable, words, identity: OnceLock::new() }
    }

    /// The words of the command.
    pub fn words(&self) -> &[OsString] {
        &self.words
    }

    /// The program's identity in the cache's keys: its real path, size and time of change, for which no process is
    /// started; for a launcher the output of `--version`, in `folder`.
    pub(super) fn identity(&self, folder: &Path) -> Result<&str, NotBuilt> {
        let identity = self.identity.get_or_init(|| self.look(folder));
        identity.as_deref().map_err(Clone::clone)
    }

    /// The real file of the program.
    pub(super) fn path(&self) -> Result<PathBuf, NotBuilt> {
        self.words.first().and_then(|program| which::which(program).ok()?.canonicalize().ok()).ok_or_else(
            || NotBuilt::NoProgram {
                program: self.words.first().map(|word| word.display().to_string()).unwrap_or_default(),
                variable: self.variable,
            },
        )
    }

    fn look(&self, folder: &Path) -> Result<String, NotBuilt> {
        let path = self.path()?;
        if path.file_stem().and_then(OsStr::to_str).is_some_and(|stem| LAUNCHERS.contains(&stem)) {
            return self.version(folder);
        }
        let metadata = fs::metadata(&path).map_err(NotBuilt::io("look at", &path))?;
        let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(format!("{} {} {:?}", path.display(), metadata.len(), changed.unwrap_or_default()))
    }

    fn version(&self, folder: &Path) -> Result<String, NotBuilt> {
        let program = &self.words[0];
        let mut command = Command::new(program);
        command.args(&self.words[1..]).arg("--version").current_dir(folder);
        let answer = soabi_child::run(&mut command, Duration::from_secs(20));
        let answer = answer.map_err(NotBuilt::io("run", Path::new(program)))?;
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_its_file() {
        let here = Path::new(".");
        let by_name = Tool::new("CC", OsStr::new("sh"));
        let by_path = Tool::new("CC", OsStr::new("/bin/sh -x"));
        assert_eq!(by_name.identity(here).unwrap(), by_path.identity(here).unwrap());
        assert_eq!(by_path.words(), ["/bin/sh", "-x"]);
    }

    #[test]
    fn missing_program() {
        let tool = Tool::new("CC", OsStr::new("no-such-compiler"));
        let error = tool.identity(Path::new(".")).unwrap_err();
        assert_eq!(error.to_string(), "no program `no-such-compiler`");
        assert!(error.hint().unwrap().ends_with(" CC"));
    }
}
