//! Interpreters as people name them: in the heads of pictures and in sentences.

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, CpythonAbi, PyVersion};

/// The kinds of builds, which pictures and sentences keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// CPython with the GIL, as most people have it, and 2.7 with two-byte Unicode.
    Cpython,
    /// CPython without the GIL.
    FreeThreaded,
    /// Debug builds.
    Special,
    /// PyPy.
    Pypy,
}

impl Family {
    /// The family of an interpreter.
    pub(crate) fn of(abi: AbiTag) -> Self {
        match abi {
            AbiTag::Pypy { .. } => Self::Pypy,
            AbiTag::Cpython(abi) if abi == CpythonAbi::release(abi.version) => Self::Cpython,
            // Beside the other 2.7, for wheels come in pairs of them.
            AbiTag::Cpython(abi) if abi.version.major == 2 && !abi.debug => Self::Cpython,
            AbiTag::Cpython(CpythonAbi { debug: false, free_threaded: true, .. }) => Self::FreeThreaded,
            _ => Self::Special,
        }
    }
}

/// The name of an interpreter: `3.13`, `3.13t`, `3.13d`, `2.7`, `2.7m`, `PyPy3.11 v73`.
pub(crate) fn name(abi: AbiTag) -> String {
    match abi {
        AbiTag::Cpython(abi) => format!("{}{}", abi.version, flags(abi)),
        AbiTag::Pypy { python, abi } => format!("PyPy{python} v{abi}"),
        _ => abi.to_string(),
    }
}

/// The flags that a release build of that version does not have: `t`, `d`, `m` for 2.7 with two-byte Unicode.
fn flags(abi: CpythonAbi) -> String {
    if abi == CpythonAbi::release(abi.version) {
        return String::new();
    }
    let (free_threaded, debug) = (if abi.free_threaded { "t" } else { "" }, if abi.debug { "d" } else { "" });
    let narrow = abi.version.major == 2 && !abi.wide_unicode;
    format!("{free_threaded}{debug}{}", if narrow { "m" } else { "" })
}

/// The heads of columns, in full and short: `3.9 3.10 3.11`, `3.9 10 11`.
pub(crate) fn heads(abis: &[AbiTag]) -> Vec<(String, String)> {
    let mut major = None;
    let mut head = |abi: &AbiTag| match *abi {
        AbiTag::Cpython(abi) => {
            let is_first = major.replace(abi.version.major) != Some(abi.version.major);
            let full = format!("{}{}", abi.version, flags(abi));
            let short = format!("{}{}", abi.version.minor, flags(abi));
            (full.clone(), if is_first { full } else { short })
        }
        AbiTag::Pypy { abi, .. } => (format!("pp{abi}"), format!("pp{abi}")),
        other => (other.to_string(), other.to_string()),
    };
    abis.iter().map(&mut head).collect()
}

/// Some interpreters of a whole in words, with neighbours joined: `3.8 to 3.13, 3.13t and PyPy3.11 v73`. With
/// `open_end`, a run up to the newest is `3.9 and later`.
pub(crate) fn span(some: &[AbiTag], whole: &[AbiTag], open_end: bool) -> String {
    let mut parts = Vec::new();
    // Builds with the same flags are neighbours; 2.7m and 3.9d are not.
    let kind = |abi: AbiTag| {
        (Family::of(abi), if let AbiTag::Cpython(abi) = abi { flags(abi) } else { String::new() })
    };
    let mut kinds: BTreeMap<(Family, String), BTreeSet<AbiTag>> = BTreeMap::new();
    for abi in whole.iter().chain(some) {
        kinds.entry(kind(*abi)).or_default().insert(*abi);
    }
    for family in kinds.into_values() {
        let family: Vec<AbiTag> = family.into_iter().collect();
        let newest = family.last().copied();
        let is_in = |abi: &AbiTag| some.contains(abi);
        for run in family.chunk_by(|a, b| is_in(a) == is_in(b)).filter(|run| is_in(&run[0])) {
            let last = run.last().copied();
            match run {
                [first, _, ..] if open_end && last == newest => {
                    parts.push(format!("{} and later", name(*first)));
                }
                [first, _, .., last] => parts.push(format!("{} to {}", name(*first), name(*last))),
                few => parts.extend(few.iter().map(|abi| name(*abi))),
            }
        }
    }
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        Some((last, _)) => last.clone(),
        None => "no Python".to_owned(),
    }
}

/// The feature releases of CPython that get security fixes when the newest one of `abis` is released: each gets them
/// for five years, and there is one a year, in the month in which those of the sixth end (PEP 602).
pub(crate) fn supported(abis: &[AbiTag]) -> Vec<PyVersion> {
    let mut versions: Vec<PyVersion> = abis
        .iter()
        .filter(|abi| Family::of(**abi) == Family::Cpython)
        .filter_map(|abi| abi.python_version())
        .collect();
    versions.sort();
    versions.dedup();
    versions.split_off(versions.len().saturating_sub(6))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ALL: &str = "cp27m cp27mu cp36m cp37m cp38 cp39 cp310 cp311 cp312 cp313 cp313d cp313t cp314 cp314t cp315 \
                       cp315t pypy311_pp73";

    fn abis(text: &str) -> Vec<AbiTag> {
        text.split_whitespace().map(|abi| abi.parse().unwrap()).collect()
    }

    #[rstest]
    #[case("cp36m", "3.6")]
    #[case("cp27m", "2.7m")]
    #[case("cp27dmu", "2.7d")]
    #[case("cp313t", "3.13t")]
    #[case("cp313td", "3.13td")]
    #[case("pypy311_pp73", "PyPy3.11 v73")]
    fn names(#[case] abi: &str, #[case] expected: &str) {
        assert_eq!(name(abi.parse().unwrap()), expected);
    }

    #[test]
    fn short_heads() {
        let short: Vec<_> =
            heads(&abis("cp27mu cp39 cp310 cp313t pypy311_pp73")).into_iter().map(|head| head.1).collect();
        assert_eq!(short, ["2.7", "3.9", "10", "13t", "pp73"]);
    }

    #[rstest]
    #[case("", false, "no Python")]
    #[case("cp39", false, "3.9")]
    #[case("cp38 cp39 cp310 cp312", false, "3.8 to 3.10 and 3.12")]
    #[case("cp38 cp39", false, "3.8 and 3.9")]
    #[case("cp314 cp315", true, "3.14 and later")]
    #[case("cp315", true, "3.15")]
    #[case("cp313 cp314 cp315 cp313t cp314t", true, "3.13 and later, 3.13t and 3.14t")]
    #[case("cp27m cp313d", false, "2.7m and 3.13d")]
    #[case("cp315 cp399", false, "3.15 and 3.99")]
    fn spans(#[case] some: &str, #[case] open_end: bool, #[case] expected: &str) {
        assert_eq!(span(&abis(some), &abis(ALL), open_end), expected);
    }

    #[test]
    fn six_releases_are_supported() {
        let versions: Vec<_> = supported(&abis(ALL)).iter().map(ToString::to_string).collect();
        assert_eq!(versions, ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]);
    }
}
