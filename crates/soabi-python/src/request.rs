//! What the caller wants to be found.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use soabi_core::{AbiTag, VersionRange};

use crate::environment::Environment;

/// What to find, where to search, and what it may cost.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which interpreters are wanted. Empty: every one that is found.
    pub selection: Vec<Selector>,
    /// Where to search.
    pub environment: Environment,
    /// Where soabi installs interpreters, one per folder.
    pub own_pythons: Option<PathBuf>,
    /// Where answers are kept. `None`: every interpreter is asked anew.
    pub cache_dir: Option<PathBuf>,
    /// How long one interpreter may take to answer.
    pub time_limit: Duration,
    /// How many interpreters may be asked at once. Zero counts as one.
    pub jobs: usize,
}

impl Request {
    /// The time that an interpreter has for its answer, unless the caller says otherwise. A cold start from a
    /// slow disk takes a second or two.
    pub const TIME_LIMIT: Duration = Duration::from_secs(10);

    /// Everything that `environment` names; nothing cached, one at a time.
    pub fn new(environment: Environment) -> Self {
        Self {
            selection: Vec::new(),
            environment,
            own_pythons: None,
            cache_dir: None,
            time_limit: Self::TIME_LIMIT,
            jobs: 1,
        }
    }
}

/// One value of `--python`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// This file: `./python`, `/usr/bin/python3`.
    Path(PathBuf),
    /// The interpreter with this ABI: `cp311`, `cp313t`.
    Id(AbiTag),
    /// Every interpreter of these versions: `3.9..`, `..3.8`, `3.9..3.12`, `3.11`.
    Versions(VersionRange),
}

/// Text that selects no interpreter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an id such as `cp311`, nor versions such as `3.9..`, nor the path of a file")]
pub struct ParseSelectorError(pub String);

impl FromStr for Selector {
    type Err = ParseSelectorError;

    /// Text with a slash is a path. Otherwise versions and ids come first, so that a file that happens to be
    /// called `3.11` selects nothing; then an existing file.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('/') {
            return Ok(Self::Path(text.into()));
        }
        if let Ok(versions) = text.parse() {
            return Ok(Self::Versions(versions));
        }
        match text.parse() {
            Ok(id @ (AbiTag::Cpython(_) | AbiTag::Pypy { .. })) => Ok(Self::Id(id)),
            _ if Path::new(text).is_file() => Ok(Self::Path(text.into())),
            _ => Err(ParseSelectorError(text.to_owned())),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Id(id) => id.fmt(f),
            Self::Versions(versions) => versions.fmt(f),
        }
    }
}
