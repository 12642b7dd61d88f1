//! The pairs of interpreter and ABI tags that an installer of an interpreter takes, the preferred first.
//!
//! Sources: PEP 425, PEP 384, PEP 803; `cpython_tags`, `generic_tags` and `compatible_tags` of packaging 26.4, in their
//! order.

use soabi_core::{AbiTag, CpythonAbi, PyVersion};

/// The first version with the stable ABI.
const FIRST_STABLE: u8 = 2;

/// An interpreter tag and an ABI tag: `cp39`, `abi3`.
pub(super) type Pair = (String, String);

/// The pairs that go with the platform tags of a system, and behind them those that go with `any`.
pub(super) struct Pairs {
    pub(super) native: Vec<Pair>,
    pub(super) any: Vec<Pair>,
}

impl Pairs {
    /// Those of an interpreter. None for what is no interpreter.
    pub(super) fn of(python: AbiTag) -> Self {
        let Some(version) = python.python_version() else {
            return Self { native: Vec::new(), any: Vec::new() };
        };
        let (mut native, generic) = if let AbiTag::Cpython(abi) = python {
            (cpython(abi), format!("cp{}", version.compact()))
        } else {
            let own = format!("pp{}", version.compact());
            let abis = [python.to_string(), "none".to_owned()];
            (abis.into_iter().map(|abi| (own.clone(), abi)).collect(), format!("pp{}", version.major))
        };
        let pure: Vec<Pair> = pure(version).map(|python| (python, "none".to_owned())).collect();
        native.extend(pure.clone());
        let any = std::iter::once((generic, "none".to_owned())).chain(pure).collect();
        Self { native, any }
    }
}

fn cpython(abi: CpythonAbi) -> Vec<Pair> {
    let version = abi.version;
    let own = format!("cp{}", version.compact());
    let mut pairs = vec![(own.clone(), abi.to_string())];
    // A debug build loads the modules of the release build as well.
    if abi.debug && version >= PyVersion::new(3, 8) {
        pairs.push((own.clone(), CpythonAbi { debug: false, ..abi }.to_string()));
    }
    let stable = if abi.free_threaded { "abi3t" } else { "abi3" };
    let has_stable = version >= PyVersion::new(3, FIRST_STABLE);
    if has_stable {
        pairs.push((own.clone(), stable.to_owned()));
    }
    pairs.push((own, "none".to_owned()));
    if has_stable {
        let older = (FIRST_STABLE..version.minor).rev();
        pairs.extend(older.map(|minor| (format!("cp{}{minor}", version.major), stable.to_owned())));
    }
    pairs
}

/// `py313`, `py3`, `py312`, ..., `py30`.
fn pure(version: PyVersion) -> impl Iterator<Item = String> {
    let PyVersion { major, minor } = version;
    let older = (0..minor).rev().map(move |minor| format!("py{major}{minor}"));
    [format!("py{major}{minor}"), format!("py{major}")].into_iter().chain(older)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn text(pairs: &[Pair]) -> String {
        pairs.iter().map(|(python, abi)| format!("{python}-{abi}")).collect::<Vec<_>>().join(" ")
    }

    /// The pairs of `cpython_tags`, `generic_tags` and `compatible_tags` of packaging 26.4, in their order.
    #[rstest]
    #[case::gil(
        "cp34",
        "cp34-cp34 cp34-abi3 cp34-none cp33-abi3 cp32-abi3 py34-none py3-none py33-none py32-none \
        py31-none py30-none"
    )]
    #[case::flags(
        "cp36m",
        "cp36-cp36m cp36-abi3 cp36-none cp35-abi3 cp34-abi3 cp33-abi3 cp32-abi3 py36-none \
        py3-none py35-none py34-none py33-none py32-none py31-none py30-none"
    )]
    #[case::without_a_stable_abi(
        "cp27mu",
        "cp27-cp27mu cp27-none py27-none py2-none py26-none py25-none py24-none \
        py23-none py22-none py21-none py20-none"
    )]
    #[case::pypy("pypy31_pp73", "pp31-pypy31_pp73 pp31-none py31-none py3-none py30-none")]
    fn native(#[case] python: &str, #[case] expected: &str) {
        assert_eq!(text(&Pairs::of(python.parse().unwrap()).native), expected);
    }

    #[rstest]
    #[case::free_threaded("cp313t", "cp313-cp313t cp313-abi3t cp313-none cp312-abi3t cp311-abi3t")]
    #[case::debug("cp313d", "cp313-cp313d cp313-cp313 cp313-abi3 cp313-none cp312-abi3")]
    #[case::free_threaded_debug("cp315td", "cp315-cp315td cp315-cp315t cp315-abi3t cp315-none cp314-abi3t")]
    fn begins(#[case] python: &str, #[case] expected: &str) {
        let pairs = text(&Pairs::of(python.parse().unwrap()).native);
        assert!(pairs.starts_with(expected), "{pairs}");
    }

    #[rstest]
    #[case("cp32", "cp32-none py32-none py3-none py31-none py30-none")]
    #[case("pypy31_pp73", "pp3-none py31-none py3-none py30-none")]
    fn on_any_platform(#[case] python: &str, #[case] expected: &str) {
        assert_eq!(text(&Pairs::of(python.parse().unwrap()).any), expected);
    }

    #[test]
    fn a_stable_abi_is_no_interpreter() {
        assert_eq!(text(&Pairs::of(AbiTag::Abi3).native), "");
    }
}
