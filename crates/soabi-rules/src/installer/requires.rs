//! `Requires-Python`: which versions of Python installers consider a file for.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use soabi_core::PyVersion;

/// The patch releases that are tried: no feature release has had more.
const PATCHES: u64 = 40;

/// Whether some patch release of `python` satisfies `Requires-Python` (core metadata; the version specifiers of
/// PEP 440). `None` for text that is no specifier, which installers ignore.
pub fn allows(requires_python: &str, python: PyVersion) -> Option<bool> {
    let specifiers = VersionSpecifiers::from_str(requires_python).ok()?;
    let [major, minor] = [python.major, python.minor].map(u64::from);
    Some((0..PATCHES).any(|patch| specifiers.contains(&Version::new([major, minor, patch]))))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(">=3.9", "3.8", Some(false))]
    #[case(">=3.9", "3.9", Some(true))]
    #[case(">=3.9", "3.15", Some(true))]
    #[case(">=3.8,<4", "3.15", Some(true))]
    #[case("~=3.8", "3.15", Some(true))]
    #[case::of_a_patch("~=3.8.0", "3.9", Some(false))]
    #[case::some_patch_releases(">=3.9.2", "3.9", Some(true))]
    #[case::the_first_patch_releases("<3.9.5", "3.9", Some(true))]
    #[case::one_version_less("!=3.10.*,>=3.8", "3.10", Some(false))]
    #[case::the_version_and_no_patch("==3.10", "3.10", Some(true))]
    #[case::nothing("", "3.10", Some(true))]
    #[case::nonsense("any", "3.10", None)]
    fn allowed(#[case] requires_python: &str, #[case] python: &str, #[case] expected: Option<bool>) {
        assert_eq!(allows(requires_python, python.parse().unwrap()), expected);
    }
}
