//! Selectors: the interpreters that a user names on the command line.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::abi_tag::{AbiTag, CpythonAbi};
use crate::python_id::PythonId;
use crate::version::{PyVersion, VersionRange};

/// Interpreters that a user names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// This file: `./python`, `/usr/bin/python3`.
    Path(PathBuf),
    /// The interpreter of this ABI and machine: `cp311`, `cp313t`, `3.13t`, `3.13d`, `cp313-aarch64`.
    Id(PythonId),
    /// CPython of these versions as it is released, with the GIL and no debug build: `3.9..`, `..3.8`, `3.9..3.12`, `>=3.9`,
    /// `3.11`.
    Versions(VersionRange),
    /// Every PyPy for this version: `pypy3.11`.
    Pypy(PyVersion),
}

impl Selector {
    /// Whether it names an interpreter by its path.
    pub fn is_path(&self) -> bool {
        matches!(self, Self::Path(_))
    }

    /// Whether it selects interpreters with this id and version. A path selects a file and not an id. Versions are
    /// those of every machine.
    pub fn matches(&self, id: impl Into<PythonId>, version: PyVersion) -> bool {
        let id = id.into();
        match self {
            Self::Path(_) => false,
            Self::Id(wanted) => *wanted == id,
            Self::Versions(range) => {
                let is_release =
                    matches!(id.abi, AbiTag::Cpython(abi) if abi == CpythonAbi::release(abi.version));
                is_release && range.contains(version)
            }
            Self::Pypy(wanted) => matches!(id.abi, AbiTag::Pypy { python, .. } if python == *wanted),
        }
    }
}

/// Text that selects no interpreter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither versions such as `3.13`, `3.13t`, `3.9..` or `>=3.9,<3.14`, nor an id such as `cp313`, nor \
     `pypy3.11`, nor the path of a file"
)]
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
        let other = comparison(text)
            .map(Self::Versions)
            .or_else(|| build(text).map(|abi| Self::Id(AbiTag::Cpython(abi).into())))
            .or_else(|| text.strip_prefix("pypy")?.parse().ok().map(Self::Pypy));
        match (other, text.parse()) {
            (Some(other), _) => Ok(other),
            (None, Ok(id @ PythonId { abi: AbiTag::Cpython(_) | AbiTag::Pypy { .. }, .. })) => {
                Ok(Self::Id(id))
            }
            _ => Err(ParseSelectorError(text.to_owned())),
        }
    }
}

/// `3.13t`, `3.13d`, `3.13td`, and `2.7m` for two-byte Unicode: a version with the flags that its release build does
/// not have.
fn build(text: &str) -> Option<CpythonAbi> {
    let version = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let release = CpythonAbi::release(version.parse().ok()?);
    match &text[version.len()..] {
        "t" => Some(CpythonAbi { free_threaded: true, ..release }),
        "d" => Some(CpythonAbi { debug: true, ..release }),
        "td" => Some(CpythonAbi { free_threaded: true, debug: true, ..release }),
        "m" if release.version.major == 2 => Some(CpythonAbi { wide_unicode: false, ..release }),
        _ => None,
    }
}

/// `>=3.9`, `>3.9`, `<=3.13`, `<3.14`, `==3.13`: feature versions are compared, so that 3.13.1 is not above 3.13.
fn comparison(text: &str) -> Option<VersionRange> {
    let version = text.trim_start_matches(['<', '>', '=']);
    let operator = &text[..text.len() - version.len()];
    let version: PyVersion = version.trim().parse().ok()?;
    let PyVersion { major, minor } = version;
    let before = || minor.checked_sub(1).map(|minor| PyVersion { major, minor });
    let (first, last) = match operator {
        ">=" => (Some(version), None),
        ">" => (Some(PyVersion { major, minor: minor.checked_add(1)? }), None),
        "<=" => (None, Some(version)),
        // No minor version is above 255.
        "<" => (None, Some(before().or_else(|| Some(PyVersion::new(major.checked_sub(1)?, u8::MAX)))?)),
        "==" => (Some(version), Some(version)),
        _ => return None,
    };
    Some(VersionRange { first, last })
}

/// One value of `--python`: selectors separated by commas. Comparisons among them hold together, so that
/// `>=3.9,<3.14` is one range; of everything else each selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(pub Vec<Selector>);

impl FromStr for Selection {
    type Err = ParseSelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut range: Option<VersionRange> = None;
        let mut selectors = Vec::new();
        for part in text.split(',').map(str::trim) {
            match (comparison(part), range) {
                (Some(next), Some(range_so_far)) => range = Some(range_so_far.intersection(next)),
                (Some(next), None) => range = Some(next),
                (None, _) => selectors.push(part.parse()?),
            }
        }
        match range {
            Some(VersionRange { first: Some(first), last: Some(last) }) if first > last => {
                Err(ParseSelectorError(text.to_owned()))
            }
            range => {
                selectors.extend(range.map(Selector::Versions));
                Ok(Self(selectors))
            }
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Id(id) => id.fmt(f),
            Self::Versions(versions) => versions.fmt(f),
            Self::Pypy(version) => write!(f, "pypy{version}"),
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
    fn ids(#[values("cp311", "cp27mu", "cp313t", "pypy311_pp73", "cp313-aarch64")] text: &str) {
        check(text, Selector::Id(text.parse().unwrap()));
    }

    #[rstest]
    fn versions(#[values("3.11", "3.9..", "..3.8", "3.9..3.12", "..")] text: &str) {
        check(text, Selector::Versions(text.parse().unwrap()));
    }

    #[rstest]
    #[case("3.13t", "cp313t")]
    #[case("3.13d", "cp313d")]
    #[case("3.13td", "cp313td")]
    #[case("3.7d", "cp37dm")]
    #[case("2.7d", "cp27dmu")]
    #[case("2.7m", "cp27m")]
    fn builds(#[case] text: &str, #[case] id: &str) {
        check(text, Selector::Id(id.parse().unwrap()));
    }

    #[rstest]
    #[case(">=3.9", "3.9..")]
    #[case(">3.9", "3.10..")]
    #[case("<=3.9", "..3.9")]
    #[case("<3.9", "..3.8")]
    #[case("<3.0", "..2.255")]
    #[case("==3.9", "3.9")]
    #[case(">= 3.9", "3.9..")]
    fn comparisons(#[case] text: &str, #[case] range: &str) {
        check(text, Selector::Versions(range.parse().unwrap()));
    }

    #[test]
    fn pypy() {
        let selector: Selector = "pypy3.11".parse().unwrap();
        assert_eq!(
            (selector.clone(), selector.to_string()),
            (Selector::Pypy(PyVersion::new(3, 11)), "pypy3.11".into())
        );
        let selects = |id: &str, version| selector.matches(id.parse::<PythonId>().unwrap(), version);
        assert!(selects("pypy311_pp73", PyVersion::new(3, 11)));
        assert!(!selects("pypy310_pp73", PyVersion::new(3, 10)) && !selects("cp311", PyVersion::new(3, 11)));
    }

    #[rstest]
    #[case("cp311", &["cp311"])]
    #[case("cp311, 3.12", &["cp311", "3.12"])]
    #[case(">=3.9,<3.14", &["3.9..3.13"])]
    #[case(">=3.9,cp27mu,<3.14,>3.10", &["cp27mu", "3.11..3.13"])]
    #[case(">=3.9,<=3.9", &["3.9"])]
    fn selections(#[case] text: &str, #[case] expected: &[&str]) {
        let expected = expected.iter().map(|one| one.parse().unwrap()).collect();
        assert_eq!(text.parse(), Ok(Selection(expected)));
    }

    #[rstest]
    fn no_selections(#[values("", "cp311,", ">=3.9,<3.9", ">=3.9,snake", ",")] text: &str) {
        assert!(text.parse::<Selection>().is_err());
    }

    #[rstest]
    fn paths(
        #[values("/usr/bin/python3", "./3.11", "../cp311", "no/such/file", r"C:\py\python.exe")] text: &str,
    ) {
        check(text, Selector::Path(text.into()));
    }

    #[rstest]
    fn neither(
        #[values(
            "",
            "3",
            "python3.99",
            "abi3",
            "none",
            "3.11.7",
            "cp311x",
            "src",
            "Cargo.toml",
            "3.13x",
            "3.13dt",
            "3.7m",
            "=3.9",
            "=>3.9",
            "~=3.9",
            ">3.255",
            "<0.0",
            "pypy3",
            "pypy"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<Selector>(), Err(ParseSelectorError(text.to_owned())));
    }
}
