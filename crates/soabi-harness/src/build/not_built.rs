//! Why a specimen could not be built. Never an error of the whole run.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use soabi_core::PyVersion;

/// Why a specimen could not be built.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotBuilt {
    /// The interpreter came without its headers.
    #[error("no Python.h in {}", list(.dirs))]
    NoHeaders {
        /// Where the interpreter says that they would be.
        dirs: Vec<PathBuf>,
        /// The interpreter's version.
        version: PyVersion,
    },
    /// A compiler is not there.
    #[error("no program `{program}`")]
    NoProgram {
        /// The program as it was asked for.
        program: String,
        /// The environment variable that can name another.
        variable: &'static str,
    },
    /// The crates that a specimen is built from are not on this machine and could not be brought.
    #[error("crates could not be downloaded: {}", complaint(.stderr))]
    NoCrates {
        /// The command that brings them.
        fetch: String,
        /// What cargo wrote.
        stderr: String,
    },
    /// A command failed.
    #[error("`{program}` failed with {status}: {}", complaint(.stderr))]
    Failed {
        /// The program of the command.
        program: String,
        /// How it ended: `exit status: 1`.
        status: String,
        /// What it wrote.
        stderr: String,
    },
    /// A command took too long and was killed.
    #[error("`{program}` was not done after {} s", .limit.as_secs())]
    TimedOut {
        /// The program of the command.
        program: String,
        /// The time it had.
        limit: Duration,
    },
    /// A file could not be read or written, or a program not be started.
    #[error("could not {action} `{}`: {error}", .path.display())]
    Io {
        /// What could not be done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why.
        error: Arc<io::Error>,
    },
}

impl NotBuilt {
    /// Whether something went wrong, rather than something not being there to build with.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::TimedOut { .. } | Self::Io { .. })
    }

    /// What would help.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHeaders { version, .. } => Some(format!(
                "they are in the package `python{version}-dev` on Debian and Ubuntu, `python{version}-devel` on \
                 Fedora; the Pythons of pyenv and uv have them"
            )),
            Self::NoProgram { variable, .. } => {
                Some(format!("install it, or name another in the environment variable {variable}"))
            }
            Self::NoCrates { fetch, .. } => Some(format!("where there is a network, run `{fetch}`")),
            Self::Failed { .. } | Self::TimedOut { .. } | Self::Io { .. } => None,
        }
    }

    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, error: Arc::new(error) }
    }
}

fn list(dirs: &[PathBuf]) -> String {
    let dirs: Vec<_> = dirs.iter().map(|dir| format!("`{}`", dir.display())).collect();
    dirs.join(" or ")
}

/// The line of a compiler's output that says what was wrong: the first error, or the last line of all. `rustc`
/// writes `error[E0425]:`; a warning may have "error" in its text.
fn complaint(stderr: &str) -> &str {
    let mut lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let first_error = lines.clone().find(|line| line.contains("error:") || line.contains("error["));
    first_error.or_else(|| lines.next_back()).unwrap_or("it did not say why")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "it did not say why")]
    #[case(
        "spam.h:10:10: fatal error: Python.h: No such file\n  10 | #include\n",
        "spam.h:10:10: fatal error: Python.h: No such file"
    )]
    #[case(
        "warning: spurious network error (1 try remaining)\nerror: failed to get `pyo3`\n\nCaused by:\n  more",
        "error: failed to get `pyo3`"
    )]
    #[case("error[E0425]: cannot find function\n --> src/lib.rs:1:1", "error[E0425]: cannot find function")]
    #[case("one\n\n  two \n\n", "two")]
    fn what_a_compiler_complains_about(#[case] stderr: &str, #[case] line: &str) {
        assert_eq!(complaint(stderr), line);
    }

    #[test]
    fn missing_headers_name_folder_and_package() {
        let dirs = vec!["/usr/include/python3.11".into()];
        let error = NotBuilt::NoHeaders { dirs, version: PyVersion::new(3, 11) };
        assert_eq!(error.to_string(), "no Python.h in `/usr/include/python3.11`");
        assert!(error.hint().unwrap().contains("`python3.11-dev`"));
    }
}
