//! Versions of system libraries: numbers with dots.

use std::fmt;
use std::str::FromStr;

/// A version such as 2.17, 3.4.19 or 1.2.5.2. Missing parts count as zero, and are not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dotted([u16; 4]);

impl Dotted {
    /// A version of two parts.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self([major, minor, 0, 0])
    }

    /// A version of three parts.
    pub const fn new3(major: u16, minor: u16, patch: u16) -> Self {
        Self([major, minor, patch, 0])
    }

    /// The first two parts.
    pub const fn major_minor(self) -> (u16, u16) {
        (self.0[0], self.0[1])
    }
}

impl From<(u16, u16)> for Dotted {
    fn from((major, minor): (u16, u16)) -> Self {
        Self::new(major, minor)
    }
}

/// A text that is no version of one to four numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one to four numbers with dots between them")]
pub struct NotDotted;

impl FromStr for Dotted {
    type Err = NotDotted;

    fn from_str(text: &str) -> Result<Self, NotDotted> {
        let mut parts = [0; 4];
        for (index, part) in text.split('.').enumerate() {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let number = part.parse().ok().filter(|_| digits);
            *parts.get_mut(index).ok_or(NotDotted)? = number.ok_or(NotDotted)?;
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for Dotted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, rest @ ..] = self.0;
        write!(f, "{major}.{minor}")?;
        let written = rest.iter().rposition(|&part| part != 0).map_or(0, |last| last + 1);
        rest[..written].iter().try_for_each(|part| write!(f, ".{part}"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2.17", Some("2.17"))]
    #[case("2.2.5", Some("2.2.5"))]
    #[case("1.2.5.2", Some("1.2.5.2"))]
    #[case("3.0", Some("3.0"))]
    #[case("7", Some("7.0"))]
    #[case("", None)]
    #[case("2.", None)]
    #[case("2.+1", None)]
    #[case("ABI_DT_RELR", None)]
    #[case("1.2.3.4.5", None)]
    #[case("99999999.1", None)]
    fn parsing(#[case] text: &str, #[case] shown: Option<&str>) {
        assert_eq!(text.parse::<Dotted>().ok().map(|version| version.to_string()).as_deref(), shown);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let parse = |text: &str| text.parse::<Dotted>().unwrap();
        assert!(parse("2.9") < parse("2.17"));
        assert!(parse("3.4") < parse("3.4.1"));
        assert!(parse("2.17") == Dotted::new(2, 17));
    }
}
