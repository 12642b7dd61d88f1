//! The notes in their forms.

mod human;
mod markdown;
mod report;

use soabi_core::{AbiTag, BuildKind};
use soabi_notes::{Claim, Examined, Expect};

use crate::cli::notes::NotesFormat;
use crate::output::json;

/// What was asked, and what came of it.
pub(crate) struct Report<'a> {
    /// The claims.
    pub(crate) claims: &'a [&'a Claim],
    /// The interpreters, oldest first.
    pub(crate) columns: Vec<Examined<'a>>,
    /// What could not be done.
    pub(crate) errors: Vec<String>,
}

/// The report as `format` asks.
pub(crate) fn render(report: &Report<'_>, format: NotesFormat) -> String {
    match format {
        NotesFormat::Human => human::render(report),
        NotesFormat::Markdown => markdown::render(report.claims),
        NotesFormat::Json => json(&report::of(report)),
    }
}

/// What the page says of one claim.
pub(crate) fn page_of(claim: &Claim) -> String {
    let mut text = String::new();
    markdown::section(&mut text, claim, 1);
    text
}

/// Of whom an expectation speaks: `until 3.8`, `PyPy`.
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
