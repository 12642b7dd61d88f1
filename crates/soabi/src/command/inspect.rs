//! `soabi inspect`: everything that one file says about itself, without running it.

use soabi_audit::{Audit, Axis, Memory, Settings, inputs};
use soabi_report::audit::AuditReport;
use soabi_report::inspect::{InspectReport, SCHEMA};

use crate::cli::inspect::{InspectArgs, InspectFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Inspects the file that the user names.
pub(crate) fn run(args: &InspectArgs) -> Result<Exit, Error> {
    let audit = Audit {
        axis: Axis::of_tables(),
        settings: Settings::default(),
        cache: None,
        memory: Memory::default(),
    };
    let found = inputs::find(std::slice::from_ref(&args.file));
    let AuditReport { pythons, subjects, version, .. } =
        audit.report(&found, std::collections::BTreeMap::new(), &|_, _| {});
    let (mut objects, mut errors) = (Vec::new(), Vec::new());
    for subject in subjects {
        objects.extend(subject.objects);
        errors.extend(subject.errors);
    }
    let path = args.file.display().to_string();
    let report = InspectReport { schema: SCHEMA.to_owned(), version, path, pythons, objects, errors };
    let text = match args.format {
        InspectFormat::Human => output::inspect::human(&report),
        InspectFormat::Json => output::text::json(&report),
    };
    output::deliver(&text, &args.report)?;
    Ok(if report.errors.is_empty() { Exit::Clean } else { Exit::CouldNot })
}
