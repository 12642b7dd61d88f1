//! The names of what needs work, one a line, for another program: `soabi audit .venv -p 3.15 --format names | xargs pip
//! install --force-reinstall --no-binary :all:`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use soabi_core::Foreign;
use soabi_report::audit::{AuditReport, FindingEntry, SubjectKind};

use super::overview::{Module, Overseen, Overview, State};
use super::{distribution, file};
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
        let names: BTreeSet<String> =
            overview.subjects.iter().flat_map(|subject| names(&overview, subject)).collect();
        names.iter().try_for_each(|name| writeln!(out, "{}", Foreign::new(name)))
    }
}

/// A distribution or a file as a whole; of a folder the very files.
fn names(overview: &Overview<'_>, subject: &Overseen<'_>) -> Vec<String> {
    let entry = subject.entry;
    let fails = |finding: &&FindingEntry| overview.fails(finding);
    let is_required = !overview.report.required.is_empty();
    let needs_work = if is_required {
        !subject.readiness.is_ready()
    } else {
        entry.findings.iter().any(|finding| overview.fails(finding)) || !entry.errors.is_empty()
    };
    match distribution(entry) {
        _ if !needs_work => Vec::new(),
        Some((name, _)) => vec![name.to_owned()],
        None if entry.kind != SubjectKind::Directory => vec![entry.path.clone()],
        None => {
            let findings = entry.findings.iter().filter(fails).map(|finding| finding.object.as_ref());
            let errors = entry.errors.iter().map(|error| error.object.as_ref());
            let modules = subject.modules.iter().filter(|module| is_required && !is_ready(overview, module));
            let objects =
                modules.flat_map(|module| module.objects.iter().map(|object| object.member.as_ref()));
            findings.chain(errors).chain(objects).map(|object| file(entry, object)).collect()
        }
    }
}

/// Whether the required interpreters load a module.
fn is_ready(overview: &Overview<'_>, module: &Module<'_>) -> bool {
    let pythons = overview.report.pythons.iter().zip(&module.states);
    let mut required = pythons.filter(|(python, _)| overview.report.required.contains(&python.id));
    required.all(|(_, state)| matches!(state, State::Works | State::Flagged))
}
