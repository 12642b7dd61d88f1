//! Pairs of what a file was built for and an interpreter, as a truth table describes them. The head of
//! [`crate::truth`] documents the keys.
//!
//! Nothing here knows what is promised to a pair: two versions are compared, two kinds of build, two tags.

use std::cmp::Ordering;

use serde::Deserialize;
use soabi_core::{AbiTag, Claim, PyVersion, VersionRange};

/// What a row may look at, beside the cell itself.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The artifact's flavor and its family, or the name of a file that is no specimen.
    pub names: [&'a str; 2],
    /// The ABI that it was built for or, for a stable ABI, with.
    pub built_for: AbiTag,
    /// What it claims.
    pub claim: Claim,
}

/// A description of pairs. A key that is missing excludes none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    built_for: Option<VersionRange>,
    python: Option<VersionRange>,
    versions: Option<Versions>,
    floor: Option<Floor>,
    floors: Option<VersionRange>,
    builds: Option<Vec<(Builds, Builds)>>,
    abis: Option<Vec<(AbiTag, AbiTag)>>,
}

/// The interpreter's version compared with that of the ABI that the file was built for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Versions {
    Same,
    Other,
    Older,
    Newer,
}

/// The interpreter's version compared with the first one that the file's stable ABI is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Floor {
    Reached,
    NotReached,
}

/// One kind of build, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Builds {
    Release,
    Debug,
    FreeThreaded,
    FreeThreadedDebug,
    Pypy,
    Gil,
    NoGil,
    Cpython,
}

impl Pair {
    /// All pairs of these versions.
    pub(crate) fn of_versions(built_for: Option<VersionRange>, python: Option<VersionRange>) -> Self {
        Self { built_for, python, ..Self::default() }
    }

    /// Whether the description includes the file `about` and the interpreter `python`.
    pub(crate) fn matches(&self, python: AbiTag, about: About<'_>) -> bool {
        let (from, to) = (about.built_for.python_version(), python.python_version());
        let in_range = |range: Option<VersionRange>, version: Option<PyVersion>| {
            range.is_none_or(|range| version.is_some_and(|version| range.contains(version)))
        };
        let compared = from.zip(to).map(|(from, to)| to.cmp(&from));
        let floor = about
            .claim
            .floor
            .zip(to)
            .map(|(floor, version)| if version >= floor { Floor::Reached } else { Floor::NotReached });
        in_range(self.built_for, from)
            && in_range(self.python, to)
            && in_range(self.floors, about.claim.floor)
            && self.versions.is_none_or(|versions| compared.is_some_and(|order| versions.include(order)))
            && self.floor.is_none_or(|wanted| floor == Some(wanted))
            && self.builds.as_ref().is_none_or(|pairs| {
                pairs.iter().any(|(left, right)| left.include(about.built_for) && right.include(python))
            })
            && self.abis.as_ref().is_none_or(|pairs| pairs.contains(&(about.built_for, python)))
    }
}

impl Versions {
    fn include(self, order: Ordering) -> bool {
        match self {
            Self::Same => order.is_eq(),
            Self::Other => order.is_ne(),
            Self::Older => order.is_lt(),
            Self::Newer => order.is_gt(),
        }
    }
}

impl Builds {
    fn include(self, abi: AbiTag) -> bool {
        match abi {
            AbiTag::Cpython(abi) => match self {
                Self::Release => !abi.free_threaded && !abi.debug,
                Self::Debug => !abi.free_threaded && abi.debug,
                Self::FreeThreaded => abi.free_threaded && !abi.debug,
                Self::FreeThreadedDebug => abi.free_threaded && abi.debug,
                Self::Gil => !abi.free_threaded,
                Self::NoGil => abi.free_threaded,
                Self::Cpython => true,
                Self::Pypy => false,
            },
            AbiTag::Pypy { .. } => self == Self::Pypy,
            AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::everything("", "cp311", "cp312", true)]
    #[case::built_for("built_for = \"3.11\"", "cp311", "cp312", true)]
    #[case::built_for("built_for = \"3.12..\"", "cp311", "cp312", false)]
    #[case::python("python = \"..3.11\"", "cp311", "cp312", false)]
    #[case::same("versions = \"same\"", "cp313", "cp313t", true)]
    #[case::same("versions = \"same\"", "cp313", "cp314", false)]
    #[case::other("versions = \"other\"", "cp313", "cp313t", false)]
    #[case::older("versions = \"older\"", "cp313", "cp312", true)]
    #[case::older("versions = \"older\"", "cp313", "cp313", false)]
    #[case::newer("versions = \"newer\"", "cp313", "cp314t", true)]
    #[case::newer("versions = \"newer\"", "cp39", "cp310", true)]
    #[case::at_the_floor("floor = \"reached\"", "cp311", "cp39", true)]
    #[case::below_the_floor("floor = \"reached\"", "cp311", "cp38", false)]
    #[case::below_the_floor("floor = \"not-reached\"", "cp311", "cp38", true)]
    #[case::floors("floors = \"3.9\"", "cp311", "cp312", true)]
    #[case::floors("floors = \"3.10..\"", "cp311", "cp312", false)]
    #[case::builds("builds = [[\"release\", \"debug\"]]", "cp311", "cp313d", true)]
    #[case::builds("builds = [[\"release\", \"debug\"]]", "cp313d", "cp311", false)]
    #[case::second_pair("builds = [[\"debug\", \"gil\"], [\"gil\", \"no-gil\"]]", "cp311", "cp313td", true)]
    #[case::release_only("builds = [[\"free-threaded\", \"cpython\"]]", "cp313td", "cp313t", false)]
    #[case::pypy("builds = [[\"cpython\", \"pypy\"]]", "cp311", "pypy311_pp73", true)]
    #[case::pypy("builds = [[\"cpython\", \"cpython\"]]", "cp311", "pypy311_pp73", false)]
    #[case::abis("abis = [[\"cp27m\", \"cp27mu\"]]", "cp27m", "cp27mu", true)]
    #[case::abis("abis = [[\"cp27m\", \"cp27mu\"]]", "cp27mu", "cp27m", false)]
    fn keys(#[case] toml: &str, #[case] built_for: &str, #[case] python: &str, #[case] matches: bool) {
        let pair: Pair = toml::from_str(toml).unwrap();
        let about = About {
            names: [""; 2],
            built_for: built_for.parse().unwrap(),
            claim: Claim::abi3(PyVersion::new(3, 9)),
        };
        assert_eq!(pair.matches(python.parse().unwrap(), about), matches);
    }
}
