//! Shards: parts of a run that are done in different places, `2/3` the second of three.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::version::serde_as_text;

/// One of several parts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    index: usize,
    total: usize,
}

impl Shard {
    /// The largest number of parts.
    pub const MOST: usize = 1000;

    /// The part `index`, from 1, of `total`. `None` where there is no such part.
    pub const fn new(index: usize, total: usize) -> Option<Self> {
        if index >= 1 && index <= total && total <= Self::MOST { Some(Self { index, total }) } else { None }
    }

    /// The position of the part, from 1.
    pub const fn index(self) -> usize {
        self.index
    }

    /// The number of parts.
    pub const fn total(self) -> usize {
        self.total
    }

    /// All parts of the same run, in order.
    pub fn all(self) -> impl Iterator<Item = Self> {
        (1..=self.total).map(move |index| Self { index, total: self.total })
    }
}

/// Text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a part such as `1/3`, from `1/3` to `3/3`")]
pub struct ParseShardError(pub String);

impl FromStr for Shard {
    type Err = ParseShardError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse().ok() } else { None }
        };
        let shard = || {
            let (part, of) = text.split_once('/')?;
            Self::new(number(part)?, number(of)?)
        };
        shard().ok_or_else(|| ParseShardError(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

serde_as_text!(Shard);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1/1")]
    #[case("1/3")]
    #[case("3/3")]
    #[case("1000/1000")]
    fn parts(#[case] text: &str) {
        assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
    }

    #[rstest]
    #[case("0/3")]
    #[case("4/3")]
    #[case("0/0")]
    #[case("1/1001")]
    #[case("+1/3")]
    #[case("1/")]
    #[case("1")]
    #[case("1/3/3")]
    #[case("")]
    fn no_parts(#[case] text: &str) {
        assert_eq!(text.parse::<Shard>(), Err(ParseShardError(text.to_owned())));
    }

    #[test]
    fn all_of_them() {
        let all: Vec<_> = Shard::new(2, 3).unwrap().all().map(|shard| shard.to_string()).collect();
        assert_eq!(all, ["1/3", "2/3", "3/3"]);
    }
}
