//! Expectations in words.

use soabi_core::{AbiTag, BuildKind};
use soabi_notes::Expect;

/// The interpreters that an expectation is for: `until 3.8`, `PyPy`.
pub(super) fn who(expect: &Expect) -> String {
    let versions = expect.python.map(|range| match (range.first, range.last) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(first), None) => format!("{first} and later"),
        (None, Some(last)) => format!("until {last}"),
        (None, None) => "every version".to_owned(),
    });
    let build = expect.build.map(|build| match build {
        BuildKind::Debug => "debug builds".to_owned(),
        BuildKind::FreeThreaded => "free-threaded builds".to_owned(),
        BuildKind::Pypy => "PyPy".to_owned(),
    });
    let id = expect.id.as_ref().map(AbiTag::to_string);
    versions.into_iter().chain(build).chain(id).collect::<Vec<_>>().join(", ")
}
