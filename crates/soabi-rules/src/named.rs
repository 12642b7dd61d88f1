//! The interpreters that a wheel's tags name: those in which an installer takes the wheel.
//!
//! For tags that name an ABI these are the interpreters that the ABI is promised to. A tag without one
//! (`py3-none-any`, `cp39-none-...`) promises nothing about binaries and is installed all the same.
//!
//! Sources: PEP 425; `cpython_tags`, `generic_tags` and `compatible_tags` of `packaging.tags`.

use soabi_core::{AbiTag, PyVersion};
use soabi_wheel::{WheelFileName, WheelTag};

use crate::claims::claims_of_wheel;
use crate::object::promised;
use crate::tables::ExportTable;

/// The interpreters, oldest first: those of the tables, and others that a tag names exactly (`cp399`).
pub fn named_by(wheel: &WheelFileName) -> Vec<AbiTag> {
    let claims = claims_of_wheel(wheel);
    let exact = claims.iter().map(|claim| claim.abi).filter(|abi| abi.python_version().is_some());
    let mut named: Vec<AbiTag> = promised(&claims).into_iter().chain(exact).collect();
    for tag in wheel.tags().filter(|tag| tag.abi == "none") {
        named.extend(ExportTable::get().abis().into_iter().filter(|abi| takes(*abi, tag)));
    }
    named.sort();
    named.dedup();
    named
}

/// Whether the interpreter `abi`, a release build, takes a wheel with the tag `tag`, which names no ABI.
fn takes(abi: AbiTag, tag: WheelTag<'_>) -> bool {
    let (version, own) = match abi {
        AbiTag::Cpython(abi) if !abi.debug => (abi.version, "cp"),
        AbiTag::Pypy { python, .. } => (python, "pp"),
        AbiTag::Cpython(_) | AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => return false,
    };
    let digits = tag.python.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = &tag.python[..tag.python.len() - digits.len()];
    let exactly = || PyVersion::from_compact(digits) == Some(version);
    let at_least = || {
        let first = PyVersion::from_compact(digits);
        first.is_some_and(|first| first.major == version.major && first <= version)
    };
    match prefix {
        "py" => digits == version.major.to_string() || at_least(),
        _ => prefix == own && exactly(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Checks that `tag` names all of `named` and none of `others`.
    fn check(tag: &str, named: &str, others: &str) {
        let wheel: WheelFileName = format!("spam-1.0-{tag}.whl").parse().unwrap();
        let all = named_by(&wheel);
        for abi in named.split(' ').filter(|text| !text.is_empty()) {
            assert!(all.contains(&abi.parse().unwrap()), "{tag} names {abi}: {all:?}");
        }
        for abi in others.split(' ').filter(|text| !text.is_empty()) {
            assert!(!all.contains(&abi.parse().unwrap()), "{tag} does not name {abi}");
        }
    }

    /// What `packaging.tags.sys_tags` of these interpreters has among its tags.
    #[rstest]
    #[case::abi3("cp39-abi3-linux_x86_64", "cp39 cp315", "cp38 cp313t cp315t cp315d pypy311_pp73")]
    #[case::version_specific("cp313-cp313-win_amd64", "cp313", "cp312 cp314 cp313t cp313d")]
    #[case::free_threaded("cp313-cp313t-linux_x86_64", "cp313t", "cp313 cp314t")]
    #[case::abi3t("cp315-abi3.abi3t-linux_x86_64", "cp315 cp315t", "cp314 cp314t")]
    #[case::pure("py3-none-any", "cp36m cp315 cp315t pypy311_pp73", "cp27mu cp315d")]
    #[case::both("py2.py3-none-any", "cp27mu cp27m cp315", "cp27dmu")]
    #[case::from_a_version("py39-none-linux_x86_64", "cp39 cp315 cp313t pypy311_pp73", "cp38 cp27mu")]
    #[case::one_version_without_abi("cp39-none-linux_x86_64", "cp39", "cp38 cp310 pypy311_pp73")]
    #[case::pypy_without_abi("pp311-none-any", "pypy311_pp73", "cp311")]
    #[case::unknown_to_the_tables("cp399-cp399-linux_x86_64", "cp399", "cp315")]
    fn interpreters(#[case] tag: &str, #[case] named: &str, #[case] others: &str) {
        check(tag, named, others);
    }

    #[test]
    fn no_interpreter_at_all() {
        assert_eq!(named_by(&"spam-1.0-py3-abi3-linux_x86_64.whl".parse().unwrap()), []);
    }
}
