//! `soabi load`: one artifact beside one interpreter's library, in full detail. And the child that does it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use soabi_child::launch::Launcher;
use soabi_core::{InitSymbol, Outcome, OutcomeKind, Rung};
use soabi_harness::load::Loader;
use soabi_harness::run::{self, Known, Options, Probes};
use soabi_harness::worker::Isolation;
use soabi_loader::Mode;
use soabi_loader::calls::ThisKernel;
use soabi_python::Interpreter;
use soabi_report::load::{LoadEntry, LoadReport, SCHEMA};

use crate::cli::load::LoadArgs;
use crate::cli::options::ListFormat;
use crate::command::artifacts;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::View;
use crate::{destination, interpreters, output, scratch};

/// What makes this program the child of the `load` rung. It is no command: people have no use for it.
pub(crate) const CHILD: &str = "__load";

/// Is the child. `args` follow [`CHILD`].
pub(crate) fn be_the_child(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let (libpython, mode) = (args.next(), args.next());
    let folders: Vec<_> = args.map(PathBuf::from).collect();
    let mode = match mode.as_deref().and_then(OsStr::to_str) {
        Some("fork") => Some(Mode::Fork),
        Some("process") => Some(Mode::Process),
        _ => None,
    };
    let (Some(libpython), Some(mode)) = (libpython, mode) else {
        anstream::eprintln!("usage: soabi {CHILD} LIBPYTHON fork|process FOLDER...");
        return Exit::CouldNot.into();
    };
    match soabi_loader::serve(libpython.as_ref(), mode, &folders) {
        Ok(never) => match never {},
        Err(error) => {
            anstream::eprintln!("the answer could not be given: {error}");
            Exit::CouldNot.into()
        }
    }
}

/// This program, as what starts workers.
pub(crate) fn launcher() -> Result<Launcher, Error> {
    let program = std::env::current_exe().map_err(Error::NoSelf)?;
    Ok(Launcher::new(program, &ThisKernel))
}

/// This program, as the child.
pub(crate) fn loader() -> Result<Loader, Error> {
    let program = std::env::current_exe().map_err(Error::NoSelf)?;
    Ok(Loader { program, args: vec![CHILD.into()] })
}

/// Loads one artifact beside every wanted interpreter's library.
pub(crate) fn run(args: &LoadArgs, view: &View) -> Result<Exit, Error> {
    destination::check(args.report.output.as_deref(), [args.artifact.as_path()])?;
    let subject = artifacts::read(&args.artifact)?;
    let discovery = interpreters::native(interpreters::search_some(&args.python)?)?;
    let scratch = scratch::scratch()?;
    let options = Options {
        jobs: interpreters::cores(),
        limit: args.time_limit,
        isolation: Isolation::Fork,
        probes: None,
        asked: Probes::default(),
        launcher: launcher()?,
        loader: loader()?,
        scratch: scratch.path().to_owned(),
        dependencies: BTreeMap::new(),
        calls: None,
    };
    let ids: Vec<_> = discovery.found.iter().map(|python| python.id).collect();
    let cells = soabi_harness::plan::plan([&subject], &ids, &[Rung::Load]);
    let module = subject.artifact.module.clone();
    let ran = run::run(&cells, &[subject], &discovery.found, &options, &Known::new(), &|_, _| {
        ControlFlow::Continue(())
    })
    .map_err(Error::Scratch)?;
    let loads: Vec<_> = discovery
        .found
        .iter()
        .zip(&ran.cells)
        .map(|(python, seen)| loaded(python, &module, &seen.outcome))
        .collect();
    let worst = loads.iter().map(|load| exit_of(load.outcome)).max_by_key(|exit| *exit as u8);
    let text = match args.format {
        ListFormat::Human => output::load::human(&args.artifact.display().to_string(), &loads, view),
        ListFormat::Json => output::text::json(&LoadReport {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            artifact: args.artifact.display().to_string(),
            module,
            loads,
        }),
    };
    output::report(&text, &args.report, view)?;
    Ok(worst.unwrap_or(Exit::CouldNot))
}

const fn exit_of(outcome: OutcomeKind) -> Exit {
    match outcome {
        OutcomeKind::Accepted => Exit::Clean,
        OutcomeKind::NotRun => Exit::CouldNot,
        _ => Exit::Unexpected,
    }
}

fn loaded(python: &Interpreter, module: &str, outcome: &Outcome) -> LoadEntry {
    let symbols = InitSymbol::looked_up_by(python.facts.feature, module);
    LoadEntry {
        python: python.id.abi,
        version: python.facts.version.clone(),
        libpython: python.facts.libpython.as_ref().map(|path| path.display().to_string()),
        symbols: symbols.iter().map(ToString::to_string).collect(),
        outcome: outcome.kind(),
        gate: outcome.gate(),
        message: outcome.message(),
    }
}
