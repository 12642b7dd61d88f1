//! What the child process of the `load` rung is asked, and what it answers.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What is to be loaded: the arguments of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadRequest {
    /// The interpreter's shared library. It comes first: the data symbols of a module (`_Py_NoneStruct`) are
    /// bound when it is opened, however lazily.
    pub libpython: PathBuf,
    /// The artifact.
    pub artifact: PathBuf,
    /// The init symbols that the interpreter would look for, in its order.
    pub symbols: Vec<String>,
}

impl LoadRequest {
    /// The arguments of the child.
    pub fn to_args(&self) -> impl Iterator<Item = &OsStr> {
        let paths = [self.libpython.as_os_str(), self.artifact.as_os_str()];
        paths.into_iter().chain(self.symbols.iter().map(OsStr::new))
    }

    /// Reads what [`to_args`](Self::to_args) wrote. `None` when something is missing.
    pub fn from_args(mut args: impl Iterator<Item = OsString>) -> Option<Self> {
        let (libpython, artifact) = (args.next()?.into(), args.next()?.into());
        let symbols: Vec<_> = args.map(OsString::into_string).collect::<Result<_, _>>().ok()?;
        if symbols.is_empty() { None } else { Some(Self { libpython, artifact, symbols }) }
    }
}

/// The steps of the `load` rung, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadStep {
    /// The interpreter's own library is opened, `RTLD_NOW | RTLD_GLOBAL`.
    Libpython,
    /// The artifact is opened, `RTLD_NOW | RTLD_LOCAL`.
    Artifact,
    /// The init symbol is looked up in the artifact.
    Symbol,
}

/// The answer of the child: one JSON line on its stdout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum LoadAnswer {
    /// Every step was taken.
    Accepted {
        /// The init symbol that was found.
        symbol: String,
    },
    /// A step was refused.
    NotLoaded {
        /// Which one.
        step: LoadStep,
        /// The dynamic linker's own words.
        message: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_command_line() {
        let request = LoadRequest {
            libpython: "/lib/libpython3.13.so.1.0".into(),
            artifact: "/tmp/spam.so".into(),
            symbols: vec!["PyModExport_spam".to_owned(), "PyInit_spam".to_owned()],
        };
        let args: Vec<OsString> = request.to_args().map(OsStr::to_owned).collect();
        assert_eq!(LoadRequest::from_args(args.iter().cloned()), Some(request));
        for missing in 0..3 {
            assert_eq!(
                LoadRequest::from_args(args.iter().take(missing).cloned()),
                None,
                "{missing} arguments"
            );
        }
    }
}
