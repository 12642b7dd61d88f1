//! Python feature versions (`3.11`) and ranges of them (`3.9..`, `..3.8`, `3.9..3.12`, `2.7`).
//!
//! Patch levels are not here: an ABI belongs to a feature version. Where a patch level matters it is a fact
//! about one interpreter.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Python feature version, such as `3.11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PyVersion {
    /// The major version: 2 or 3.
    pub major: u8,
    /// The minor version.
    pub minor: u8,
}

impl PyVersion {
    /// The version `major.minor`.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// The version in the spelling of tags and Cargo features: `27`, `311`.
    pub fn compact(self) -> String {
        format!("{}{}", self.major, self.minor)
    }

    /// Reads the spelling of tags: one digit of major version, the rest minor (`27`, `311`).
    pub fn from_compact(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || text.len() < 2 || (text.len() > 2 && text.as_bytes()[1] == b'0') {
            return None;
        }
        Some(Self::new(text[..1].parse().ok()?, text[1..].parse().ok()?))
    }

    /// The version as the hexadecimal number that `Py_LIMITED_API` takes: `0x030b0000` for 3.11.
    pub fn hex(self) -> u32 {
        (u32::from(self.major) << 24) | (u32::from(self.minor) << 16)
    }
}

/// Text that is not a Python feature version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Python version such as `3.11`")]
pub struct ParseVersionError(pub String);

impl FromStr for PyVersion {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseVersionError(text.to_owned());
        let number = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_digit());
            let padded = part.len() > 1 && part.starts_with('0');
            if plain && !padded { part.parse().ok() } else { None }
        };
        let (major, minor) = text.split_once('.').ok_or_else(error)?;
        Ok(Self::new(number(major).ok_or_else(error)?, number(minor).ok_or_else(error)?))
    }
}

impl fmt::Display for PyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A closed range of feature versions; either end may be open.
///
/// Written `3.9..` (3.9 and later), `..3.8` (3.8 and earlier), `3.9..3.12` (both ends belong to it),
/// `3.11` (just that one) or `..` (every version).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// The first version that belongs to the range.
    pub first: Option<PyVersion>,
    /// The last version that belongs to the range.
    pub last: Option<PyVersion>,
}

impl VersionRange {
    /// Whether `version` lies in the range.
    pub fn contains(self, version: PyVersion) -> bool {
        self.first.is_none_or(|first| first <= version) && self.last.is_none_or(|last| version <= last)
    }

    /// The versions that lie in both ranges. Where there are none, the first is above the last.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let ends = [self.last, other.last];
        Self { first: self.first.max(other.first), last: ends.into_iter().flatten().min() }
    }
}

impl FromStr for VersionRange {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = |part: &str| if part.is_empty() { Ok(None) } else { part.parse().map(Some) };
        if let Some((first, last)) = text.split_once("..") {
            return Ok(Self { first: end(first)?, last: end(last)? });
        }
        let version = text.parse()?;
        Ok(Self { first: Some(version), last: Some(version) })
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(first), Some(last)) = (self.first, self.last)
            && first == last
        {
            return write!(f, "{first}");
        }
        if let Some(first) = self.first {
            write!(f, "{first}")?;
        }
        f.write_str("..")?;
        if let Some(last) = self.last {
            write!(f, "{last}")?;
        }
        Ok(())
    }
}

/// Serde through `FromStr` and `Display`, for types whose text is their one spelling.
macro_rules! serde_as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    )+};
}
pub(crate) use serde_as_text;

serde_as_text!(PyVersion, VersionRange);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2.7", PyVersion::new(2, 7), "27", 0x0207_0000)]
    #[case("3.6", PyVersion::new(3, 6), "36", 0x0306_0000)]
    #[case("3.11", PyVersion::new(3, 11), "311", 0x030b_0000)]
    fn spellings(#[case] text: &str, #[case] version: PyVersion, #[case] compact: &str, #[case] hex: u32) {
        assert_eq!(text.parse(), Ok(version));
        assert_eq!(version.to_string(), text);
        assert_eq!(version.compact(), compact);
        assert_eq!(PyVersion::from_compact(compact), Some(version));
        assert_eq!(version.hex(), hex);
    }

    #[rstest]
    fn not_versions(
        #[values("", "3", "3.", ".3", "3.x", "3.11.7", "03.1", "3.01", "+3.1", "3.300")] text: &str,
    ) {
        assert_eq!(text.parse::<PyVersion>(), Err(ParseVersionError(text.to_owned())));
    }

    #[rstest]
    fn not_compact(#[values("", "3", "x3", "3x", "301", "3999")] text: &str) {
        assert_eq!(PyVersion::from_compact(text), None);
    }

    #[rstest]
    #[case("3.9..", &["3.9", "3.10"], &["2.7", "3.8"])]
    #[case("..3.8", &["2.7", "3.8"], &["3.9"])]
    #[case("3.9..3.12", &["3.9", "3.10", "3.12"], &["3.8", "3.13"])]
    #[case("2.7", &["2.7"], &["2.6", "3.0"])]
    #[case("..", &["2.7", "3.15"], &[])]
    fn ranges(#[case] range: &str, #[case] inside: &[&str], #[case] outside: &[&str]) {
        let parsed: VersionRange = range.parse().unwrap();
        assert_eq!(parsed.to_string(), range);
        for version in inside {
            assert!(parsed.contains(version.parse().unwrap()), "{version} in {range}");
        }
        for version in outside {
            assert!(!parsed.contains(version.parse().unwrap()), "{version} not in {range}");
        }
    }
}
