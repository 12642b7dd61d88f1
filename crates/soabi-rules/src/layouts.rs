//! The structures that headers inline, and the versions in which they moved.
//!
//! Sizes and offsets are bytes on 64-bit machines, from the headers' `sizeof` and `offsetof`.

use std::collections::BTreeSet;

use soabi_core::{CpythonAbi, PyVersion};

/// What is promised within one feature version, and that nothing is promised beyond it.
const STABILITY: &str = "\"C API and ABI Stability\", https://docs.python.org/3/c-api/stable.html";

/// A structure that is another one from a version on.
struct Change {
    since: PyVersion,
    what: &'static str,
    reference: &'static str,
}

const fn change(minor: u8, what: &'static str, reference: &'static str) -> Change {
    Change { since: PyVersion::new(3, minor), what, reference }
}

/// The changes that inlined code runs into, the most dangerous first.
const CHANGES: [Change; 6] = [
    change(14, "tuple items start at byte 24 until 3.13 and at 32 from 3.14 on", "gh-131525"),
    change(
        12,
        "PyASCIIObject has 48 bytes until 3.11 and 40 from 3.12 on, so inlined string access reads wrong bytes",
        "PEP 623",
    ),
    change(
        12,
        "PyLongObject has a tag from 3.12 on where its size was, so inlined digits are miscounted",
        "gh-101291",
    ),
    change(15, "PyTypeObject grows from 416 to 424 bytes in 3.15", STABILITY),
    change(12, "PyTypeObject grows from 408 to 416 bytes in 3.12", STABILITY),
    change(8, "PyTypeObject grows from 400 bytes in 3.8", STABILITY),
];

/// The differences in memory layout that lie between two ABIs of one major version, and where the first comes from.
pub(crate) fn risk(built_for: CpythonAbi, run_on: CpythonAbi) -> (String, &'static str) {
    let one = |what: &str, reference| (what.to_owned(), reference);
    if built_for.free_threaded != run_on.free_threaded {
        one("PyObject is 32 bytes without the GIL and 16 with it, PyModuleDef 120 and 104", "PEP 703")
    } else if built_for.version.major == 2 && built_for.debug != run_on.debug {
        one(
            "PyObject is 32 bytes in 2.7 debug builds and 16 in release builds",
            "Misc/SpecialBuilds.txt of 2.7",
        )
    } else if built_for.wide_unicode != run_on.wide_unicode {
        one("Py_UNICODE has 2 bytes in one and 4 in the other", "PEP 261")
    } else if let [first, ..] = between(built_for.version, run_on.version)[..] {
        (in_words(built_for.version, run_on.version), first.reference)
    } else if built_for.debug && !run_on.debug {
        one("debug headers inline calls that only debug builds export", STABILITY)
    } else {
        one("headers inline struct layouts that may differ", STABILITY)
    }
}

/// What moved between the nearest of the versions `headers` and `run_on`: all of them have another layout of it. Empty
/// where nothing did.
pub(crate) fn since_headers(headers: &BTreeSet<PyVersion>, run_on: PyVersion) -> String {
    let same_major = headers.iter().filter(|version| version.major == run_on.major);
    let nearest = same_major.min_by_key(|version| version.minor.abs_diff(run_on.minor));
    nearest.map(|version| in_words(*version, run_on)).unwrap_or_default()
}

fn between(a: PyVersion, b: PyVersion) -> Vec<&'static Change> {
    CHANGES.iter().filter(|change| (a < change.since) != (b < change.since)).collect()
}

fn in_words(a: PyVersion, b: PyVersion) -> String {
    between(a, b).iter().map(|change| change.what).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::within("cp39", "cp311", "headers inline")]
    #[case::strings("cp311", "cp312", "PyASCIIObject has 48")]
    #[case::strings_back("cp312", "cp311", "PyLongObject has a tag")]
    #[case::tuples("cp313", "cp314", "tuple items")]
    #[case::types("cp314", "cp315", "PyTypeObject grows from 416")]
    #[case::both("cp311", "cp314", "tuple items start at byte 24 until 3.13 and at 32 from 3.14 on; PyASCII")]
    #[case::no_gil("cp313", "cp313t", "PyObject is 32")]
    fn between_abis(#[case] built_for: &str, #[case] run_on: &str, #[case] part: &str) {
        let abi = |tag: &str| match tag.parse().unwrap() {
            soabi_core::AbiTag::Cpython(abi) => abi,
            other => panic!("{other}"),
        };
        let (words, reference) = risk(abi(built_for), abi(run_on));
        assert!(words.contains(part) && !reference.is_empty(), "{words}");
    }

    #[rstest]
    #[case::all_older(&[(3, 10), (3, 11)], (3, 12), "PyASCIIObject")]
    #[case::some_are_alike(&[(3, 11), (3, 12)], (3, 13), "")]
    #[case::none(&[], (3, 13), "")]
    fn of_headers(#[case] headers: &[(u8, u8)], #[case] run_on: (u8, u8), #[case] part: &str) {
        let headers = headers.iter().map(|(major, minor)| PyVersion::new(*major, *minor)).collect();
        let words = since_headers(&headers, PyVersion::new(run_on.0, run_on.1));
        assert_eq!(words.is_empty(), part.is_empty(), "{words}");
        assert!(words.contains(part), "{words}");
    }
}
