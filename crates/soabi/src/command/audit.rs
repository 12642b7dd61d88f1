//! `soabi audit`: what is wrong with wheels and native files, without running any of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use soabi_audit::config::{self, Config, ConfigFileError};
use soabi_audit::releases::releases;
use soabi_audit::{Audit, Cache, Input, Memory, Settings, Skipped, inputs};
use soabi_core::foreign::from_bytes;
use soabi_report::AuditReport;
use soabi_report::audit::{SCHEMA, SkippedEntry, SubjectEntry};
use soabi_report::journal::{AuditedSubject, RunId};
use soabi_rules::RuleId;

use crate::cli::audit::AuditArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::journal::Journal;
use crate::output::format::Chosen;
use crate::output::view::{Columns, View};
use crate::progress::Phase;
use crate::readiness::Readiness;
use crate::sources::{self, Sources};
use crate::{axis, destination, folders, memory, output, stored};

/// The rule that tells what could not be examined. What it is ignored for is no failure.
const NOT_EXAMINED: &str = "not-examined";

/// Audits what the user names.
pub(crate) fn run(args: &AuditArgs, view: &View) -> Result<Exit, Error> {
    let Sources { paths, fetched, skipped } = sources::sources(args, view)?;
    let outputs = args.report.output.iter().chain(args.copies.iter().map(|copy| &copy.file));
    for output in outputs {
        let inputs = destination::paths(&paths).chain(args.config.as_deref());
        destination::check(Some(output), inputs)?;
    }
    let against = sources::against(args, view)?;
    let config = configuration(args).map_err(Error::Config)?;
    let fail_on = args.fail_on.map(Into::into);
    let format = form(args, &config)?;
    let (axis, required) = axis::axis(args, &config.python)?;
    let mut ignore = args.ignore.clone();
    if args.allow_unexamined || config.allow_unexamined {
        ignore.extend(NOT_EXAMINED.parse::<RuleId>());
    }
    let settings = Settings::of(config, &args.select, &ignore, fail_on);
    let inputs = inputs::find(&paths);
    let cache = cache_folder(args);
    let cache = cache.and_then(|folder| Cache::new(folder, &axis, &settings));
    let memory = Memory::new(args.max_memory.map_or_else(memory::default_limit, |size| size.as_u64()));
    let (report, journal) = audit(args, &Audit { axis, settings, cache, memory }, &inputs, view)?;
    let releases = releases(&inputs, &skipped, &fetched, &against);
    let skipped = skipped.iter().map(entry).collect();
    let report = AuditReport { required, releases, skipped, ..report };
    let is_chosen = args.all || !args.show.is_empty();
    let columns = if is_chosen { Columns::All } else { Columns::Relevant };
    let view = View { columns, statistics: args.statistics, ..*view };
    output::report(&format.text(&report, &view), &args.report, &view)?;
    output::copies(&args.copies, &report, &view)?;
    journal.map_or(Ok(()), Journal::finish)?;
    Ok(match exit(&report) {
        Exit::Unexpected if args.exit_zero => Exit::Clean,
        exit => exit,
    })
}

/// The folder of what is remembered of wheels. A cache that cannot be used is none: the first use of it is when an entry
/// is read or written, and neither stops an audit.
fn cache_folder(args: &AuditArgs) -> Option<PathBuf> {
    if args.no_cache {
        return None;
    }
    let folder = folders::cache_for_reading(args.cache_dir.as_deref()).ok()?.join("audit");
    stored::prune_daily(&folder);
    Some(folder)
}

fn entry(skipped: &Skipped) -> SkippedEntry {
    let path = from_bytes(skipped.path.as_os_str().as_encoded_bytes());
    SkippedEntry { path, what: skipped.what.to_owned() }
}

/// Audits the inputs; with `--resume`, those that an interrupted audit did not finish. The journal is kept until the
/// report is written.
fn audit(
    args: &AuditArgs,
    audit: &Audit,
    inputs: &[Input],
    view: &View,
) -> Result<(AuditReport, Option<Journal>), Error> {
    if !args.resume {
        let phase = Phase::begin("auditing", inputs.len(), view.is_quiet());
        return Ok((audit.report(inputs, BTreeMap::new(), &|_, _| phase.done()), None));
    }
    let run = RunId {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: soabi_rules::tables::id().to_owned(),
        digest: audit.digest(inputs),
    };
    let cache = folders::cache(args.cache_dir.as_deref())?;
    let opened = Journal::open::<AuditedSubject>(&cache, &run, true)?;
    let Some((journal, done)) = opened else { return Err(Error::SameRun { path: cache }) };
    let known: BTreeMap<usize, SubjectEntry> =
        done.into_iter().map(|done| (done.index, done.entry)).collect();
    let phase = Phase::begin("auditing", inputs.len() - known.len(), view.is_quiet());
    let failure = Mutex::new(None);
    let report = audit.report(inputs, known, &|index, entry| {
        if let Err(error) = journal.done(AuditedSubject { index, entry: entry.clone() }) {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        phase.done();
    });
    drop(phase);
    // A journal that could not be written costs the way back, not the report.
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        anstream::eprintln!("warning: {}", error.in_full());
    }
    Ok((report, Some(journal)))
}

/// The form of the report: that of the command line, that of the configuration, or the one for people.
fn form(args: &AuditArgs, config: &Config) -> Result<Chosen<AuditReport>, Error> {
    let named = |name| Chosen::named(output::audit::FORMATS, name).map_err(Error::NoSuchFormat);
    args.format.map_or_else(|| named(config.format.as_deref().unwrap_or("human")), Ok)
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
    } else if report.fails() || !Readiness::is_given(report) || report.has_lost_wheels() {
        Exit::Unexpected
    } else {
        Exit::Clean
    }
}
