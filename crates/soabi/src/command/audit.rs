//! `soabi audit`: what is wrong with wheels and native files, without running any of them.

use soabi_audit::config::{self, Config, ConfigFileError};
use soabi_audit::{Audit, Cache, Settings, inputs};
use soabi_report::AuditReport;

use crate::cli::audit::AuditArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::{Columns, View};
use crate::progress::Phase;
use crate::{axis, folders, output};

/// Audits what the user names.
pub(crate) fn run(args: &AuditArgs) -> Result<Exit, Error> {
    let config = configuration(args).map_err(Error::Config)?;
    let fail_on = args.fail_on.map(Into::into);
    let settings = Settings::of(config, &args.select, &args.ignore, fail_on);
    let axis = axis::axis(args)?;
    let inputs = inputs::find(&args.paths);
    let cache = if args.cache {
        let folder = folders::cache(args.cache_dir.as_deref())?.join("audit");
        Cache::new(folder, &axis, &settings)
    } else {
        None
    };
    let phase = Phase::begin("auditing", inputs.len(), args.report.quiet);
    let report = Audit { axis, settings, cache }.report(&inputs, &|_, _| phase.done());
    drop(phase);
    // Interpreters that the user names are shown, whether they matter to the inputs or not.
    let columns = if args.pythons.is_empty() { Columns::Relevant } else { Columns::All };
    let view = View { columns, ..View::of_process() };
    output::deliver(&args.format.text(&report, &view), &args.report)?;
    Ok(exit(&report))
}

fn configuration(args: &AuditArgs) -> Result<Config, ConfigFileError> {
    match &args.config {
        _ if args.no_config => Ok(Config::default()),
        Some(path) => Ok(config::of_file(path)?.unwrap_or_default()),
        None => config::nearest(&std::env::current_dir().unwrap_or_default()),
    }
}

/// An input that could not be audited outweighs findings: the report does not cover everything that was asked.
fn exit(report: &AuditReport) -> Exit {
    if report.summary.not_audited > 0 {
        Exit::CouldNot
    } else if report.fails() {
        Exit::Unexpected
    } else {
        Exit::Clean
    }
}
