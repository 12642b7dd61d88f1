//! The notes in their forms.

mod human;
mod markdown;
mod report;

use soabi_core::{AbiTag, BuildKind};
use soabi_notes::{Claim, Examined, Expect};

use crate::output::format::Format;

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<Report>] = &[&human::Human, &markdown::Markdown, &report::NotesJson];

/// The claims that were checked, and the results.
pub(crate) struct Report {
    /// The claims.
    pub(crate) claims: Vec<&'static Claim>,
    /// The interpreters, oldest first.
    pub(crate) columns: Vec<Examined<'static>>,
    /// What could not be done.
    pub(crate) errors: Vec<String>,
}

/// The part of the page about one claim.
pub(crate) fn page_of(claim: &Claim) -> String {
    let mut text = String::new();
    markdown::section(&mut text, claim, 1);
    text
}

/// The interpreters that an expectation is for: `until 3.8`, `PyPy`.
fn who(expect: &Expect) -> String {
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
