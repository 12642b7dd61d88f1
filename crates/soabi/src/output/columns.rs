//! Interpreters as people name them: in the heads of pictures and in sentences.

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, Arch, CpythonAbi, PyVersion, PythonId};

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

/// The name of an interpreter: `3.13`, `3.13t`, `3.13d`, `2.7`, `2.7m`, `PyPy3.11 v73`, `3.13 on aarch64`.
pub(crate) fn name(python: impl Into<PythonId>) -> String {
    let PythonId { abi, machine } = python.into();
    let name = match abi {
        AbiTag::Cpython(abi) => format!("{}{}", abi.version, flags(abi)),
        AbiTag::Pypy { python, abi } => format!("PyPy{python} v{abi}"),
        _ => abi.to_string(),
    };
    on(name, machine)
}

/// The same with the machine, where it is another one than soabi runs on.
fn on(name: String, machine: Option<Arch>) -> String {
    match machine {
        Some(machine) => format!("{name} on {machine}"),
        None => name,
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

/// The heads of columns, in full and short: `3.9 3.10 3.11`, `3.9 10 11`. Those of another machine are not shortened:
/// `cp311-aarch64`.
pub(crate) fn heads<P: Copy + Into<PythonId>>(pythons: &[P]) -> Vec<(String, String)> {
    let mut major = None;
    let mut head = |python: &P| match (*python).into() {
        foreign if !foreign.is_native() => (foreign.to_string(), foreign.to_string()),
        PythonId { abi, .. } => of_abi(abi, &mut major),
    };
    pythons.iter().map(&mut head).collect()
}

fn of_abi(abi: AbiTag, major: &mut Option<u8>) -> (String, String) {
    match abi {
        AbiTag::Cpython(abi) => {
            let is_first = major.replace(abi.version.major) != Some(abi.version.major);
            let full = format!("{}{}", abi.version, flags(abi));
            let short = format!("{}{}", abi.version.minor, flags(abi));
            (full.clone(), if is_first { full } else { short })
        }
        AbiTag::Pypy { abi, .. } => (format!("pp{abi}"), format!("pp{abi}")),
        other => (other.to_string(), other.to_string()),
    }
}

/// Some interpreters of a whole in words, with neighbours joined: `3.8 to 3.13, 3.13t and PyPy3.11 v73`. With
/// `open_end`, a run up to the newest is `3.9 and later`.
pub(crate) fn span<P: Copy + Into<PythonId>>(some: &[P], whole: &[P], open_end: bool) -> String {
    let some: Vec<PythonId> = some.iter().map(|&python| python.into()).collect();
    let mut parts = Vec::new();
    // Builds with the same flags are neighbours; 2.7m and 3.9d are not.
    let kind = |PythonId { abi, machine }: PythonId| {
        (machine, Family::of(abi), if let AbiTag::Cpython(abi) = abi { flags(abi) } else { String::new() })
    };
    let mut kinds: BTreeMap<(Option<Arch>, Family, String), BTreeSet<PythonId>> = BTreeMap::new();
    for python in whole.iter().map(|&python| python.into()).chain(some.iter().copied()) {
        kinds.entry(kind(python)).or_default().insert(python);
    }
    for ((machine, ..), family) in kinds {
        // The machine is said once for each run.
        let name = |python: PythonId| name(python.abi);
        let family: Vec<PythonId> = family.into_iter().collect();
        let newest = family.last().copied();
        let is_in = |python: &PythonId| some.contains(python);
        for run in family.chunk_by(|a, b| is_in(a) == is_in(b)).filter(|run| is_in(&run[0])) {
            let last = run.last().copied();
            match run {
                [first, _, ..] if open_end && last == newest => {
                    parts.push(on(format!("{} and later", name(*first)), machine));
                }
                [first, _, .., last] => {
                    parts.push(on(format!("{} to {}", name(*first), name(*last)), machine));
                }
                few => parts.extend(few.iter().map(|python| on(name(*python), machine))),
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
        list(text)
    }

    fn list<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Vec<T> {
        text.split_whitespace().map(|abi| abi.parse().unwrap()).collect()
    }

    #[rstest]
    #[case("cp36m", "3.6")]
    #[case("cp27m", "2.7m")]
    #[case("cp27dmu", "2.7d")]
    #[case("cp313t", "3.13t")]
    #[case("cp313td", "3.13td")]
    #[case("pypy311_pp73", "PyPy3.11 v73")]
    #[case("cp313t-aarch64", "3.13t on aarch64")]
    fn names(#[case] abi: &str, #[case] expected: &str) {
        assert_eq!(name(abi.parse::<PythonId>().unwrap()), expected);
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
    fn other_machines() {
        let all: Vec<PythonId> = list("cp311 cp311-aarch64 cp312-aarch64 cp313-aarch64 cp313-i686 cp313");
        assert_eq!(span(&all, &all, false), "3.11, 3.13, 3.13 on i686 and 3.11 to 3.13 on aarch64");
        assert_eq!(heads(&all)[1].1, "cp311-aarch64");
    }

    #[test]
    fn six_releases_are_supported() {
        let versions: Vec<_> = supported(&abis(ALL)).iter().map(ToString::to_string).collect();
        assert_eq!(versions, ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]);
    }
}
