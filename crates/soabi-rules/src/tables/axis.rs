//! The axis of the export table: one column per interpreter release, and sets of columns.
//!
//! A column is one build at one patch level, because exports change between patch releases: 3.13.18 exports
//! ten private names that 3.13.0 does not.
//!
//! The build script of this crate compiles this file too.

use std::fmt;
use std::ops::{BitAnd, Not};
use std::str::FromStr;

use soabi_core::{AbiTag, CpythonAbi, PyVersion};

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

/// How the exports of a column are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// Read from the interpreter's own library.
    Measured,
    /// Concluded from another build's exports and the headers.
    Derived,
}

impl Provenance {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Measured, Self::Derived];

    /// The word in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived => "derived",
        }
    }
}

/// One release of one interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its ABI.
    pub abi: AbiTag,
    /// Its version.
    pub release: Release,
    /// How its exports are known.
    pub provenance: Provenance,
}

impl Column {
    /// The column's CPython ABI.
    pub fn cpython(&self) -> Option<CpythonAbi> {
        if let AbiTag::Cpython(abi) = self.abi { Some(abi) } else { None }
    }

    /// Splits the stem of a column's file, such as `cp313-3.13.0`.
    pub fn parse_stem(stem: &str) -> Option<(AbiTag, Release)> {
        let (abi, release) = stem.split_once('-')?;
        let (abi, release): (AbiTag, Release) = (abi.parse().ok()?, release.parse().ok()?);
        // Only the canonical spelling, so that a release has one file.
        (format!("{abi}-{release}") == stem).then_some((abi, release))
    }

    /// The stem of the column's file: `cp313-3.13.0`.
    pub fn stem(&self) -> String {
        format!("{}-{}", self.abi, self.release)
    }
}

/// The column as the head of the table has it: `cp313 3.13.18 measured`.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.abi, self.release, self.provenance.as_str())
    }
}

/// Text that is not a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a column of the export table such as `cp313 3.13.18 measured`")]
pub struct ParseColumnError(pub String);

impl FromStr for Column {
    type Err = ParseColumnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let [abi, release, word] = text.split(' ').collect::<Vec<_>>()[..] else { return None };
            let provenance = Provenance::ALL.into_iter().find(|known| known.as_str() == word)?;
            Some(Self { abi: abi.parse().ok()?, release: release.parse().ok()?, provenance })
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
pub struct Columns(u128);

impl Columns {
    /// How many columns a table may have.
    pub const LIMIT: usize = u128::BITS as usize;

    /// Whether the column at `index` belongs to the set.
    pub fn contains(self, index: usize) -> bool {
        index < Self::LIMIT && self.0 >> index & 1 == 1
    }

    /// Whether no column belongs to the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the interpreters of `columns` export a name that the columns of this set export.
    pub fn according_to(self, columns: Self) -> Exported {
        match self & columns {
            none if none.is_empty() => Exported::No,
            all if all == columns => Exported::Yes,
            _ => Exported::Depends,
        }
    }

    /// The set of the columns at these positions. `None` when one is not below [`Columns::LIMIT`].
    pub fn of(indices: impl IntoIterator<Item = usize>) -> Option<Self> {
        let bit = |index: usize| 1_u128.checked_shl(u32::try_from(index).ok()?);
        indices.into_iter().try_fold(Self::default(), |set, index| Some(Self(set.0 | bit(index)?)))
    }

    /// Reads a set of an axis with `columns` columns: its bits in hexadecimal digits. An empty set, and one with
    /// a column that the axis does not have, is `None`.
    pub fn parse(text: &str, columns: usize) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = u128::from_str_radix(text, 16).ok().filter(|bits| digits && *bits != 0)?;
        let last = usize::try_from(bits.ilog2()).ok()?;
        (last < columns).then_some(Self(bits))
    }
}

/// The set in hexadecimal digits, as [`Columns::parse`] reads it.
impl fmt::LowerHex for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
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

    #[rstest]
    #[case::none(&[])]
    #[case::first(&[0])]
    #[case::the_65th(&[64])]
    #[case::last(&[127])]
    #[case::some(&[0, 1, 63, 64, 65, 127])]
    fn sets(#[case] indices: &[usize]) {
        let set = Columns::of(indices.iter().copied()).unwrap();
        let read: Vec<usize> = (0..2 * Columns::LIMIT).filter(|&index| set.contains(index)).collect();
        assert_eq!(read, indices);
        let text = format!("{set:x}");
        assert_eq!(Columns::parse(&text, Columns::LIMIT), (!indices.is_empty()).then_some(set));
    }

    #[rstest]
    #[case::one_too_many(128)]
    #[case::twice_as_many(256)]
    #[case::wrapping(usize::MAX)]
    fn beyond_the_limit(#[case] index: usize) {
        assert_eq!(Columns::of([index]), None);
    }

    #[rstest]
    #[case("", 128, false)]
    #[case("0", 128, false)]
    #[case("+1", 128, false)]
    #[case("1 ", 128, false)]
    #[case("x", 128, false)]
    #[case("8", 4, true)]
    #[case("8", 3, false)]
    #[case("80000000000000000000000000000000", 128, true)]
    #[case("80000000000000000000000000000000", 127, false)]
    #[case("100000000000000000000000000000000", 128, false)]
    fn sets_as_text(#[case] text: &str, #[case] columns: usize, #[case] good: bool) {
        assert_eq!(Columns::parse(text, columns).is_some(), good);
    }

    #[rstest]
    #[case::all(&[1, 2], Exported::Yes)]
    #[case::more(&[1, 2, 70], Exported::Yes)]
    #[case::some(&[1], Exported::Depends)]
    #[case::others(&[0, 65, 66], Exported::No)]
    fn exports_of_two_columns(#[case] exporting: &[usize], #[case] expected: Exported) {
        let set = |indices: &[usize]| Columns::of(indices.iter().copied()).unwrap();
        assert_eq!(set(exporting).according_to(set(&[1, 2])), expected);
    }

    #[rstest]
    #[case("cp313-3.13.0", true)]
    #[case("pypy311_pp73-7.3.19", true)]
    #[case("cp313", false)]
    #[case("cp313-3.13", false)]
    #[case("cp313-3.13.00", false)]
    #[case("cp313-3.13.0rc1", false)]
    #[case("cp313-3.13.0-1", false)]
    #[case("python-3.13.0", false)]
    fn stems(#[case] stem: &str, #[case] good: bool) {
        let parsed = Column::parse_stem(stem);
        assert_eq!(parsed.is_some(), good);
        if let Some((abi, release)) = parsed {
            assert_eq!(Column { abi, release, provenance: Provenance::Measured }.stem(), stem);
        }
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
