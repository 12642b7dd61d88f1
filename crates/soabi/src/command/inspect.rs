//! `soabi inspect`: everything that one file says about itself, without running it.

use soabi_audit::{Axis, inputs, inspect::inspect};
use soabi_report::audit::ErrorEntry;
use soabi_report::inspect::{InspectReport, SCHEMA};

use crate::cli::inspect::{InspectArgs, InspectFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::view::View;

/// Inspects the file that the user names.
pub(crate) fn run(args: &InspectArgs, view: &View) -> Result<Exit, Error> {
    let report = report(args);
    let text = match args.format {
        InspectFormat::Human => output::inspect::human(&report, view),
        InspectFormat::Json => output::text::json(&report),
    };
    output::report(&text, &args.report, view)?;
    Ok(if report.errors.is_empty() { Exit::Clean } else { Exit::CouldNot })
}

/// One report, of the files of a folder too.
fn report(args: &InspectArgs) -> InspectReport {
    let axis = Axis::of_tables();
    let mut reports = inputs::find(std::slice::from_ref(&args.file)).into_iter().map(|input| {
        inspect(&input, &axis).unwrap_or_else(|message| InspectReport {
            errors: vec![ErrorEntry { object: None, message, finding: None }],
            ..nothing(&axis)
        })
    });
    let mut report = reports.next().unwrap_or_else(|| nothing(&axis));
    for other in reports {
        // Of several there is no single platform.
        report.platform = None;
        report.objects.extend(other.objects);
        report.errors.extend(other.errors);
    }
    InspectReport { path: args.file.display().to_string(), ..report }
}

fn nothing(axis: &Axis) -> InspectReport {
    InspectReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        path: String::new(),
        tags: Vec::new(),
        platform: None,
        pythons: axis.entries(),
        objects: Vec::new(),
        errors: Vec::new(),
    }
}
