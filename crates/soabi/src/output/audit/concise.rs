//! One line for each finding, for people who read many of them and for editors: `path: severity[rule] message`.

use std::io::{self, Write};

use soabi_core::Foreign;
use soabi_report::audit::AuditReport;

use super::cannot_load::{self, cannot_load};
use super::overview::Overview;
use super::place::file;
use crate::output::format::Format;
use crate::output::text::bounded;
use crate::output::view::View;

/// A line for each finding.
pub(super) struct Concise;

impl Format<AuditReport> for Concise {
    fn name(&self) -> &'static str {
        "concise"
    }

    fn about(&self) -> &'static str {
        "One line for each finding: path, severity, rule, message"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        for subject in &overview.subjects {
            for finding in &subject.shown {
                let what = format!("{}[{}]", finding.severity.as_str(), finding.rule);
                let object = finding.object.as_ref();
                line(out, &file(subject.entry, object), &what, object, &finding.message)?;
            }
            if let Some(message) = cannot_load(&overview, subject) {
                let what = format!("error[{}]", cannot_load::RULE);
                line(out, &file(subject.entry, None), &what, None, &message)?;
            }
            for error in &subject.errors {
                let object = error.object.as_ref();
                line(out, &file(subject.entry, object), "error[not-audited]", object, &error.message)?;
            }
        }
        for entry in super::release::words(report) {
            let what = format!("{}[{}]", entry.severity.as_str(), entry.rule);
            line(out, &entry.path, &what, None, &entry.message)?;
        }
        Ok(())
    }
}

/// A member of a wheel stands before the message, as it is no file.
fn line(
    out: &mut dyn Write,
    path: &str,
    what: &str,
    object: Option<&String>,
    message: &str,
) -> io::Result<()> {
    let member = object.filter(|object| !path.ends_with(object.as_str()));
    let member = member.map(|member| format!("{member}: ")).unwrap_or_default();
    let words = format!("{path}: {what} {member}{message}");
    writeln!(out, "{}", Foreign::new(&bounded(&words)))
}
