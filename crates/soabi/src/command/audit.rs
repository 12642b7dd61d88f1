//! `soabi audit`: what is wrong with files that somebody built, without running any of them.

use soabi_core::report::audit::{AuditReport, SCHEMA, Summary};

use crate::audit::axis::Axis;
use crate::audit::cache::Cache;
use crate::audit::inputs;
use crate::audit::settings::Settings;
use crate::cli::AuditArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::progress::Phase;
use crate::{folders, output};

/// Audits what the user names.
pub(crate) fn run(args: &AuditArgs) -> Result<Exit, Error> {
    let settings = Settings::of(args).map_err(Error::Config)?;
    let axis = Axis::of(&args.python)?;
    let inputs = inputs::find(&args.paths);
    let cache = if args.cache {
        let folder = folders::cache(args.python.cache_dir.as_deref())?.join("audit");
        Cache::new(folder, &axis, &settings)
    } else {
        None
    };
    let phase = Phase::begin("auditing", inputs.len(), args.report.quiet);
    let subjects = crate::audit::audit(&inputs, &axis, &settings, cache.as_ref(), || phase.done());
    drop(phase);
    let report = AuditReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: soabi_rules::tables::id().to_owned(),
        fail_on: settings.fail_on,
        pythons: axis.entries(),
        summary: Summary::of(&subjects),
        subjects,
    };
    output::deliver(&output::audit::render(&report, args.format), &args.report)?;
    Ok(exit(&report))
}

/// What is not known weighs more than what is: a report with holes in it is no basis for anything.
fn exit(report: &AuditReport) -> Exit {
    if report.summary.not_audited > 0 {
        Exit::CouldNot
    } else if report.fails() {
        Exit::Unexpected
    } else {
        Exit::Clean
    }
}
