//! What `--python` found, as a finding of formats for programs: that a subject is not ready for what is required.

use super::overview::{Overseen, Overview};
use super::reasons;

/// The id under which it is reported. It is no rule: it follows from what the user requires, and cannot be ignored.
pub(super) const RULE: &str = "cannot-load";
/// What it is, in a line.
pub(super) const SUMMARY: &str = "an interpreter that is required with --python does not load a module";

/// That a subject is not ready, and the first reason. `None` for one that is ready.
pub(super) fn cannot_load(overview: &Overview<'_>, subject: &Overseen<'_>) -> Option<String> {
    let words = subject.not_ready()?;
    let pythons = overview.not_ready_for(subject);
    let part = match subject.not_ready_modules {
        0 => String::new(),
        some if some == subject.modules.len() => String::new(),
        some => format!(", {some} of {} modules", subject.modules.len()),
    };
    let why = reasons::of_required(overview, subject);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    Some(format!("{}: {words} for {pythons}{part}{why}", subject.title))
}
