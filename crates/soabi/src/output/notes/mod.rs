//! The notes in their forms.

mod expectation;
mod human;
mod markdown;
mod report;
mod results;

use soabi_notes::Claim;

use crate::output::format::Format;

pub(crate) use results::Report;

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<Report>] = &[&human::Human, &markdown::Markdown, &report::NotesJson];

/// The part of the page about one claim.
pub(crate) fn page_of(claim: &Claim) -> String {
    let mut text = String::new();
    markdown::section(&mut text, claim, 1);
    text
}
