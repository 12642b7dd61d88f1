//! The axis of the export table: one column per interpreter that was looked at, and the words that name sets
//! of columns.
//!
//! A column is one build at one patch level, because exports change between patch releases: 3.13.18 exports
//! ten private names that 3.13.0 does not.

use std::fmt;
use std::ops::{BitAnd, Not};
use std::str::FromStr;

use soabi_core::{AbiTag, CpythonAbi, PyVersion, VersionRange};

/// A version with its patch level, such as `3.13.18`; for PyPy its own, such as `7.3.19`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The feature version.
    pub feature: PyVersion,
    /// The patch level. Alphas and betas count as the release they lead to.
    pub patch: u8,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.feature, self.patch)
    }
}

/// Text that is not a version with a patch level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version with a patch level such as `3.13.18`")]
pub struct ParseReleaseError(pub String);

impl FromStr for Release {
    type Err = ParseReleaseError;

    /// Reads `3.13.18`, and `3.15.0b1` or `3.13.0+` as the interpreter writes its own version.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (feature, patch) = text.rsplit_once('.')?;
            let digits = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
            Some(Self { feature: feature.parse().ok()?, patch: patch[..digits].parse().ok()? })
        };
        read().ok_or_else(|| ParseReleaseError(text.to_owned()))
    }
}

/// How a column came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Read off the interpreter's own library.
    Measured,
    /// Concluded from another build's exports and the headers.
    Derived,
}

impl Source {
    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived => "derived",
        }
    }
}

/// One interpreter that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its ABI.
    pub abi: AbiTag,
    /// Its version.
    pub release: Release,
    /// How its exports are known.
    pub source: Source,
}

impl Column {
    /// The column's CPython ABI.
    pub fn cpython(&self) -> Option<CpythonAbi> {
        if let AbiTag::Cpython(abi) = self.abi { Some(abi) } else { None }
    }

    /// The column's name where its patch level matters: `cp313@3.13.0`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.abi, self.release)
    }
}

/// Text that names no column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an interpreter of the tables such as `cp313 3.13.18 measured`")]
pub struct ParseColumnError(pub String);

impl FromStr for Column {
    type Err = ParseColumnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let [abi, release, source] = text.split(' ').collect::<Vec<_>>()[..] else { return None };
            let source =
                [Source::Measured, Source::Derived].into_iter().find(|known| known.as_str() == source)?;
            Some(Self { abi: abi.parse().ok()?, release: release.parse().ok()?, source })
        };
        read().ok_or_else(|| ParseColumnError(text.to_owned()))
    }
}

/// Whether interpreters export a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// It depends on the patch level.
    Depends,
}

/// A set of columns, one bit each, in the order of the axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Columns(pub(super) u64);

impl Columns {
    /// Whether the column at `index` belongs to the set.
    pub fn contains(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }

    /// Whether no column belongs to the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What the interpreters that `witnesses` speak for do with a name that these columns export.
    pub fn according_to(self, witnesses: Self) -> Exported {
        match self & witnesses {
            none if none.is_empty() => Exported::No,
            all if all == witnesses => Exported::Yes,
            _ => Exported::Depends,
        }
    }

    pub(super) fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    /// The columns of `axis` for which `belongs` holds.
    pub(super) fn of(axis: &[Column], belongs: impl Fn(&Column) -> bool) -> Self {
        let mut set = Self::default();
        (0..axis.len()).filter(|&index| belongs(&axis[index])).for_each(|index| set.insert(index));
        set
    }

    /// Reads a set as the table writes it: words apart by spaces, each one of
    ///
    /// - a range of CPython versions: `2.7..`, `3.6..3.12`, `3.9`, every build of which belongs;
    /// - an ABI: `cp27mu`, `pypy311_pp73`; or one release of it: `cp313@3.13.0`;
    /// - `pypy`: every PyPy;
    ///
    /// and with `-` before it, what is left out again.
    pub(super) fn parse(axis: &[Column], text: &str) -> Option<Self> {
        text.split(' ').try_fold(Self::default(), |set, word| {
            Some(match word.strip_prefix('-') {
                Some(word) => set & !Self::word(axis, word)?,
                None => Self(set.0 | Self::word(axis, word)?.0),
            })
        })
    }

    fn word(axis: &[Column], word: &str) -> Option<Self> {
        let set = if word == "pypy" {
            Self::of(axis, |column| column.cpython().is_none())
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            let range: VersionRange = word.parse().ok()?;
            Self::of(axis, |column| column.cpython().is_some_and(|abi| range.contains(abi.version)))
        } else if word.contains('@') {
            Self::of(axis, |column| column.key() == word)
        } else {
            let abi = word.parse().ok()?;
            Self::of(axis, |column| column.abi == abi)
        };
        (!set.is_empty()).then_some(set)
    }
}

impl BitAnd for Columns {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Columns {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn axis() -> Vec<Column> {
        [
            "cp27m 2.7.18 measured",
            "cp27mu 2.7.18 measured",
            "cp312 3.12.1 measured",
            "cp313 3.13.0 measured",
            "cp313t 3.13.15 measured",
            "cp313 3.13.18 measured",
            "cp314t 3.14.10 derived",
            "pypy311_pp73 7.3.19 measured",
        ]
        .map(|line| line.parse().unwrap())
        .to_vec()
    }

    #[rstest]
    #[case("2.7..", &[0, 1, 2, 3, 4, 5, 6])]
    #[case("2.7", &[0, 1])]
    #[case("cp27mu", &[1])]
    #[case("2.7..3.12", &[0, 1, 2])]
    #[case("3.13..", &[3, 4, 5, 6])]
    #[case("3.13", &[3, 4, 5])]
    #[case("cp313", &[3, 5])]
    #[case("cp313@3.13.0", &[3])]
    #[case("3.13.. -cp313t", &[3, 5, 6])]
    #[case("3.13.. -cp313@3.13.0", &[4, 5, 6])]
    #[case("cp27m 3.14.. pypy", &[0, 6, 7])]
    fn sets(#[case] text: &str, #[case] expected: &[usize]) {
        let axis = axis();
        let set = Columns::parse(&axis, text).unwrap();
        let read: Vec<usize> = (0..axis.len()).filter(|&index| set.contains(index)).collect();
        assert_eq!(read, expected);
    }

    /// A word that names no column is a mistake in the table, not an empty set.
    #[rstest]
    fn not_sets(#[values("", "3", "3.16..", "cp311", "cp313@3.13.1", "3.13...", "- 3.12")] text: &str) {
        assert_eq!(Columns::parse(&axis(), text), None);
    }

    #[rstest]
    #[case("3.13.18", 18)]
    #[case("3.13.0", 0)]
    #[case("3.13.0rc2", 0)]
    #[case("3.13.0+", 0)]
    fn releases(#[case] text: &str, #[case] patch: u8) {
        assert_eq!(text.parse(), Ok(Release { feature: PyVersion::new(3, 13), patch }));
    }

    #[rstest]
    fn not_releases(#[values("", "3", "3.13", "3.13.", "3.13.x", "3.13.300", "3.13.1.2")] text: &str) {
        assert_eq!(text.parse::<Release>(), Err(ParseReleaseError(text.to_owned())));
    }
}
