//! Selectors: the interpreters that a user names on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::abi_tag::AbiTag;
use crate::version::{PyVersion, VersionRange};

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
    /// Whether it names an interpreter by its path.
    pub fn is_path(&self) -> bool {
        matches!(self, Self::Path(_))
    }

    /// Whether it selects interpreters with this id and version. A path selects a file and not an id.
    pub fn matches(&self, id: AbiTag, version: PyVersion) -> bool {
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

    /// Text with a path separator is a path; anything else is a version range or an id.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(['/', '\\']) {
            return Ok(Self::Path(text.into()));
        }
        if let Ok(versions) = text.parse() {
            return Ok(Self::Versions(versions));
        }
        match text.parse() {
            Ok(id @ (AbiTag::Cpython(_) | AbiTag::Pypy { .. })) => Ok(Self::Id(id)),
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
    fn paths(
        #[values("/usr/bin/python3", "./3.11", "../cp311", "no/such/file", r"C:\py\python.exe")] text: &str,
    ) {
        check(text, Selector::Path(text.into()));
    }

    #[rstest]
    fn neither(
        #[values("", "3", "python3.99", "abi3", "none", "3.11.7", "cp311x", "src", "Cargo.toml")] text: &str,
    ) {
        assert_eq!(text.parse::<Selector>(), Err(ParseSelectorError(text.to_owned())));
    }
}
