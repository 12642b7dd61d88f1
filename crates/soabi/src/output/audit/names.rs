//! The names of what needs work, one a line, for another program: `soabi audit .venv -p 3.15 --format names | xargs pip
//! install --force-reinstall --no-binary :all:`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use soabi_core::Foreign;
use soabi_report::audit::AuditReport;

use super::distribution;
use super::overview::{Overseen, Overview};
use crate::output::format::Format;
use crate::output::view::View;

/// Names.
pub(super) struct Names;

impl Format<AuditReport> for Names {
    fn name(&self) -> &'static str {
        "names"
    }

    fn about(&self) -> &'static str {
        "The distributions and files that are not ready for --python, or else those that fail, one a line"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        let needs_work = |subject: &&Overseen<'_>| {
            if !report.required.is_empty() {
                return !subject.readiness.is_ready();
            }
            let fails = subject.entry.findings.iter().any(|finding| overview.fails(finding));
            fails || !subject.entry.errors.is_empty()
        };
        let name = |subject: &Overseen<'_>| {
            distribution(subject.entry).map_or(subject.entry.path.as_str(), |(name, _)| name).to_owned()
        };
        let names: BTreeSet<String> = overview.subjects.iter().filter(needs_work).map(name).collect();
        names.iter().try_for_each(|name| writeln!(out, "{}", Foreign::new(name)))
    }
}
