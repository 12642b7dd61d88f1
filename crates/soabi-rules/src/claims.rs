//! What a file is claimed to be good for: by its own name, and by the tags of the wheel it lies in.

use soabi_core::{AbiTag, Claim, CpythonAbi, ModuleFileName, PyVersion};
use soabi_wheel::{WheelFileName, WheelTag};

/// The first version that has abi3t (PEP 803). Wheels such as `cp313-abi3.abi3t` name an older one, because
/// the interpreter tag holds for abi3 as well; for abi3t it then means this one.
pub const FIRST_ABI3T: PyVersion = PyVersion::new(3, 15);

/// The first version that has abi3 (PEP 384).
pub const FIRST_ABI3: PyVersion = PyVersion::new(3, 2);

/// What a file with the name `file` in a wheel with the name `wheel` is claimed to be good for.
///
/// The file's own tag is the narrower word: a `.abi3.so` in a `cp39-abi3` wheel is abi3 from 3.9 on, and a
/// `.cpython-311-...so` in the same wheel is for cp311 whatever the wheel says.
pub fn claims(file: Option<&ModuleFileName>, wheel: Option<&WheelFileName>) -> Vec<Claim> {
    let of_wheel = wheel.map(claims_of_wheel).unwrap_or_default();
    let named = file.map_or(AbiTag::None, |name| name.suffix.abi());
    if named == AbiTag::None {
        return if of_wheel.is_empty() { vec![Claim::exactly(AbiTag::None)] } else { of_wheel };
    }
    // Windows writes `cp36` where the ABI is cp36m.
    let named = match named {
        AbiTag::Cpython(abi) if abi.version < PyVersion::new(3, 8) && !abi.pymalloc => {
            AbiTag::Cpython(CpythonAbi { pymalloc: true, ..abi })
        }
        named => named,
    };
    let same: Vec<Claim> = of_wheel.iter().copied().filter(|claim| claim.abi == named).collect();
    if !same.is_empty() {
        return same;
    }
    // A stable ABI in a wheel that does not name it: good at least where the wheel is installed.
    let stable = matches!(named, AbiTag::Abi3 | AbiTag::Abi3t);
    let floor = wheel
        .filter(|_| stable)
        .and_then(|wheel| wheel.tags().filter_map(|tag| version_of(tag.python)).min());
    vec![Claim { abi: named, floor }]
}

/// The ABIs that a wheel's tags promise, each once. Empty for a wheel whose tags promise none
/// (`py3-none-any`).
pub fn claims_of_wheel(wheel: &WheelFileName) -> Vec<Claim> {
    let mut claims = Vec::new();
    for claim in wheel.tags().filter_map(claim_of_tag) {
        if !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    claims
}

/// What one tag claims. `None` for the ABI tag `none` of `py3`, and for a tag that no interpreter takes: compressed
/// sets expand to such ones (`cp313.cp314-cp313t.cp314t` to `cp313-cp314t`), and they are nobody's mistake.
pub fn claim_of_tag(tag: WheelTag<'_>) -> Option<Claim> {
    let abi: AbiTag = tag.abi.parse().ok()?;
    match abi {
        // `cp39-none` is installed by every build of CPython 3.9; what is built for one is for a release build.
        AbiTag::None => {
            let version = tag.python.strip_prefix("cp").and_then(PyVersion::from_compact)?;
            (version.major == 3).then(|| Claim::exactly(AbiTag::Cpython(CpythonAbi::release(version))))
        }
        AbiTag::Abi3 | AbiTag::Abi3t => {
            let version = tag.python.strip_prefix("cp").and_then(PyVersion::from_compact)?;
            let first = if abi == AbiTag::Abi3 { FIRST_ABI3 } else { FIRST_ABI3T };
            (version >= FIRST_ABI3).then_some(Claim { abi, floor: Some(version.max(first)) })
        }
        AbiTag::Cpython(abi) => {
            let python = tag.python.strip_prefix("cp").and_then(PyVersion::from_compact);
            (python == Some(abi.version)).then_some(Claim::exactly(AbiTag::Cpython(abi)))
        }
        AbiTag::Pypy { python, .. } => {
            let tagged = tag.python.strip_prefix("pp").and_then(PyVersion::from_compact);
            (tagged == Some(python)).then_some(Claim::exactly(abi))
        }
    }
}

/// The feature version that an interpreter tag names: `cp39`, `py37`, `pp311`. `None` for `py3`, which names
/// no minor version.
pub fn version_of(python_tag: &str) -> Option<PyVersion> {
    let digits = python_tag.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    PyVersion::from_compact(digits)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// `abi` or `abi>=floor`, apart by spaces.
    fn check(file_name: &str, wheel: Option<&str>, expected: &str) {
        let wheel: Option<WheelFileName> = wheel.map(|tag| format!("spam-1.0-{tag}.whl").parse().unwrap());
        let claims = claims(ModuleFileName::parse(file_name).as_ref(), wheel.as_ref());
        let text = |claim: &Claim| match claim.floor {
            Some(floor) => format!("{}>={floor}", claim.abi),
            None => claim.abi.to_string(),
        };
        assert_eq!(claims.iter().map(text).collect::<Vec<_>>().join(" "), expected);
    }

    #[rstest]
    #[case::nothing("spam.so", None, "none")]
    #[case::file_alone("spam.cpython-311-x86_64-linux-gnu.so", None, "cp311")]
    #[case::no_floor("spam.abi3.so", None, "abi3")]
    #[case::floor_from_the_wheel("spam.abi3.so", Some("cp39-abi3-win_amd64"), "abi3>=3.9")]
    #[case::untagged_file("spam.pyd", Some("cp39-abi3-win_amd64"), "abi3>=3.9")]
    #[case::one_version("spam.so", Some("cp313-none-linux_x86_64"), "cp313")]
    #[case::one_version_of_2("spam.so", Some("cp27-none-linux_x86_64"), "none")]
    #[case::two_seven("spam.so", Some("cp27-cp27mu-linux_x86_64"), "cp27mu")]
    #[case::file_against_wheel(
        "spam.cpython-311-x86_64-linux-gnu.so",
        Some("cp39-abi3-linux_x86_64"),
        "cp311"
    )]
    #[case::universal("spam.so", Some("cp313-abi3.abi3t-linux_x86_64"), "abi3>=3.13 abi3t>=3.15")]
    #[case::half_of_universal("spam.abi3.so", Some("cp315-abi3.abi3t-linux_x86_64"), "abi3>=3.15")]
    #[case::compressed("spam.pyd", Some("cp313.cp314-cp313t.cp314t-win_amd64"), "cp313t cp314t")]
    #[case::stable_in_version_specific("spam.abi3.so", Some("cp39-cp39-linux_x86_64"), "abi3>=3.9")]
    #[case::stable_in_py37_none("spam.abi3.so", Some("py37-none-linux_x86_64"), "abi3>=3.7")]
    #[case::stable_in_py3_none("spam.abi3.so", Some("py3-none-any"), "abi3")]
    #[case::windows_before_3_8("spam.cp36-win_amd64.pyd", Some("cp36-cp36m-win_amd64"), "cp36m")]
    #[case::pypy("spam.pypy311-pp73-darwin.so", Some("pp311-pypy311_pp73-macosx_11_0_arm64"), "pypy311_pp73")]
    #[case::abi3_without_a_version("spam.so", Some("py3-abi3-linux_x86_64"), "none")]
    fn claimed(#[case] file_name: &str, #[case] wheel: Option<&str>, #[case] expected: &str) {
        check(file_name, wheel, expected);
    }
}
