//! The audit report in its forms.

mod cannot_load;
mod concise;
mod conclusion;
mod environment;
mod evidence;
mod github;
mod html;
mod human;
mod junit;
mod markdown;
mod module;
mod names;
mod overview;
mod picture;
mod place;
mod platform;
mod reasons;
mod release;
mod requirement;
mod sarif;
mod svg;
#[cfg(test)]
mod tests;
mod verdict;

use soabi_report::audit::{AuditReport, SCHEMA};

use crate::output::format::{Format, Json};

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<AuditReport>] = &[
    &human::Human,
    &concise::Concise,
    &Json { schema: SCHEMA },
    &sarif::Sarif,
    &junit::Junit,
    &markdown::Markdown,
    &html::Html,
    &svg::Svg,
    &github::Github,
    &names::Names,
];
