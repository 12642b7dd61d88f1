//! Interpreters in words: `CPython 3.3 to 3.11`, `debug builds of CPython 3.13 and later`.

use soabi_core::{AbiTag, CpythonAbi, PyVersion};
use soabi_rules::tables::ExportTable;

use super::names::Name;
use super::releases::{release, releases};

/// The interpreters that export a name, in words. The tables begin at 3.6 but for 2.7: where a name is known to be older
/// or where nothing is known, the words say so. `None` for none.
pub(super) fn in_words(exporting: &[AbiTag], name: Option<&Name>) -> Option<String> {
    let versions: Vec<PyVersion> = exporting.iter().filter_map(|abi| release(*abi)).collect();
    let mut parts = Vec::new();
    if !versions.is_empty() {
        parts.push(of_releases(&versions, name));
    }
    let builds = exporting.iter().filter_map(|abi| match abi {
        AbiTag::Cpython(abi) if abi.version.major == 3 => Some(*abi),
        _ => None,
    });
    let builds: Vec<CpythonAbi> = builds.filter(|abi| !versions.contains(&abi.version)).collect();
    if let Some(part) =
        of_builds(&builds, |abi| abi.free_threaded && !abi.debug, "free-threaded builds of CPython")
    {
        parts.push(part);
    } else if let Some(part) = of_builds(&builds, |abi| abi.debug, "debug builds of CPython") {
        parts.push(part);
    } else if versions.is_empty() && exporting.iter().copied().any(is_debug_two) {
        parts.push("debug builds of CPython 2.7".to_owned());
    }
    if exporting.iter().any(|abi| matches!(abi, AbiTag::Pypy { .. })) {
        parts.push("PyPy".to_owned());
    }
    match parts.split_last() {
        None => None,
        Some((last, [])) => Some(last.clone()),
        Some((last, before)) => Some(format!("{} and {last}", before.join(", "))),
    }
}

fn is_debug_two(abi: AbiTag) -> bool {
    matches!(abi, AbiTag::Cpython(abi) if abi.debug)
}

fn of_builds(builds: &[CpythonAbi], is: impl Fn(&CpythonAbi) -> bool, words: &str) -> Option<String> {
    let versions: Vec<PyVersion> = builds.iter().filter(|abi| is(abi)).map(|abi| abi.version).collect();
    let all = ExportTable::get().abis();
    let known = all.iter().filter_map(|abi| if let AbiTag::Cpython(abi) = abi { Some(*abi) } else { None });
    let mut known: Vec<PyVersion> =
        known.filter(|abi| is(abi) && abi.version.major == 3).map(|abi| abi.version).collect();
    known.dedup();
    let mut versions = versions;
    versions.dedup();
    match (versions.first(), versions.last(), known.last()) {
        (None, ..) | (_, None, _) => None,
        (Some(first), Some(last), _) if first == last => Some(format!("{words} {first}")),
        (Some(first), Some(last), newest) if Some(last) == newest => Some(if Some(first) == known.first() {
            words.to_owned()
        } else {
            format!("{words} {first} and later")
        }),
        (Some(first), Some(last), _) => Some(format!("{words} {first} to {last}")),
    }
}

/// Runs of ordinary builds: `CPython 2.7 to 3.9`, `CPython 3.10 and later`, `every CPython 3`.
fn of_releases(versions: &[PyVersion], name: Option<&Name>) -> String {
    let all = releases();
    let belongs = |version: &PyVersion| versions.contains(version);
    let runs: Vec<&[PyVersion]> =
        all.chunk_by(|a, b| belongs(a) == belongs(b)).filter(|run| belongs(&run[0])).collect();
    let oldest_three = all.iter().find(|version| version.major == 3);
    let in_words = |run: &&[PyVersion]| {
        let (first, last) = (run[0], run[run.len() - 1]);
        let to_the_end = Some(&last) == all.last();
        // The name may be older than the oldest 3 that was measured.
        let since =
            name.and_then(|name| name.since).filter(|since| Some(&first) == oldest_three && *since < first);
        let since = since.filter(|since| *since > PyVersion::new(3, 0));
        let first_in_words = since.unwrap_or(first);
        let open = Some(&first) == oldest_three && since.is_none();
        match (to_the_end, open) {
            _ if first == last && first.major == 2 => first.to_string(),
            (true, true) => "3".to_owned(),
            (true, false) if all.first() == Some(&first) => String::new(),
            (true, false) => format!("{first_in_words} and later"),
            (false, true) => format!("3 up to {last}"),
            (false, false) if first_in_words == last => last.to_string(),
            (false, false) => format!("{first_in_words} to {last}"),
        }
    };
    let words: Vec<String> = runs.iter().map(in_words).collect();
    match &words[..] {
        [one] if one.is_empty() => "every CPython".to_owned(),
        [one] if one == "3" => "every CPython 3".to_owned(),
        words => format!("CPython {}", words.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::symbol;

    /// By the documentation of the C API, and the headers of each version.
    #[rstest]
    #[case::older_than_the_tables("_PyGen_Send", "CPython 3.3 to 3.9")]
    #[case::of_two_and_three("_PyThreadState_Current", "CPython 2.7 to 3.6")]
    #[case::always("PyList_New", "every CPython")]
    #[case::three("PyModule_Create2", "every CPython 3")]
    #[case::new("Py_IsTrue", "CPython 3.10 and later")]
    #[case::two("PyString_FromString", "CPython 2.7")]
    #[case::two_versions("PyFPE_jbuf", "CPython 3.7 to 3.8")]
    fn words(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(symbol(name).exported_in_words.as_deref(), Some(expected));
    }
}
