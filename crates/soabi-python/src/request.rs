//! What the caller wants to be found.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use soabi_core::{AbiTag, PyVersion, VersionRange};

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

    /// Whether any place is searched: not when every wanted interpreter is named by its path.
    pub(crate) fn searches(&self) -> bool {
        self.selection.is_empty() || !self.selection.iter().all(Selector::is_path)
    }

    /// Whether an interpreter with this id and version is wanted wherever it is found.
    pub(crate) fn wants(&self, id: AbiTag, version: PyVersion) -> bool {
        self.selection.is_empty() || self.selection.iter().any(|selector| selector.matches(id, version))
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

impl Selector {
    fn is_path(&self) -> bool {
        matches!(self, Self::Path(_))
    }

    /// Whether it selects interpreters with this id and version. A path selects a file and not an id.
    pub(crate) fn matches(&self, id: AbiTag, version: PyVersion) -> bool {
        match self {
            Self::Path(_) => false,
            Self::Id(wanted) => *wanted == id,
            Self::Versions(range) => range.contains(version),
        }
    }
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn check(text: &str, expected: Selector) {
        assert_eq!(text.parse(), Ok(expected));
    }

    #[rstest]
    fn ids(#[values("cp311", "cp27mu", "cp313t", "pypy311_pp73")] text: &str) {
        check(text, Selector::Id(text.parse().unwrap()));
    }

    #[rstest]
    fn versions(#[values("3.11", "3.9..", "..3.8", "3.9..3.12", "..")] text: &str) {
        check(text, Selector::Versions(text.parse().unwrap()));
    }

    #[rstest]
    fn paths(#[values("/usr/bin/python3", "./3.11", "../cp311", "no/such/file", "Cargo.toml")] text: &str) {
        check(text, Selector::Path(text.into()));
    }

    #[rstest]
    fn neither(#[values("", "3", "python3.99", "abi3", "none", "3.11.7", "cp311x", "src")] text: &str) {
        assert_eq!(text.parse::<Selector>(), Err(ParseSelectorError(text.to_owned())));
    }

    #[rstest]
    #[case("cp313", "cp313", true)]
    #[case("cp313", "cp313t", false)]
    #[case("3.13", "cp313", true)]
    #[case("3.13", "cp313t", true)]
    #[case("..3.12", "cp313", false)]
    #[case("3.11", "pypy311_pp73", true)]
    #[case("./python3.13", "cp313", false)]
    fn what_is_wanted(#[case] selector: &str, #[case] id: &str, #[case] wanted: bool) {
        let id = id.parse().unwrap();
        let version = match id {
            AbiTag::Cpython(abi) => abi.version,
            AbiTag::Pypy { python, .. } => python,
            _ => unreachable!(),
        };
        let mut request = Request::new(Environment::default());
        assert!(request.wants(id, version));
        request.selection = vec![selector.parse().unwrap()];
        assert_eq!(request.wants(id, version), wanted);
    }
}
