//! How soabi itself gets an interpreter, as its manifest declares.

use serde::Deserialize;

/// One way in which `soabi pythons --install` gets an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "with", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Recipe {
    /// Debian's packages, unpacked.
    Debian {
        /// The suite: `sid`.
        suite: String,
        /// The packages: the interpreter's, and the libraries that it needs and the machine may not have.
        packages: Vec<String>,
        /// The interpreter in them: `usr/bin/python3.15`.
        python: String,
    },
    /// A build of Debian's source package.
    Source {
        /// The suite: `sid`.
        suite: String,
        /// The source package: `python3.13`.
        package: String,
        /// Options of `configure`.
        configure: Vec<String>,
    },
    /// uv.
    Uv {
        /// What uv is asked for: `3.14t`.
        request: String,
    },
    /// pyenv.
    Pyenv {
        /// What pyenv is asked for: `3.13t`.
        version: String,
        /// Options of `configure`.
        #[serde(default)]
        configure: Vec<String>,
    },
}
