//! `soabi pythons --install`: installs interpreters that this machine does not have.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::time::Instant;

use soabi_core::{AbiTag, error_text};
use soabi_install::{Folders, InstallError, Installation, Plan, Processes, Progress, installers};
use soabi_python::{Discovery, Environment, Manifest, Request, Selector, discover};

use crate::cli::pythons::PythonsArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::interpreters::search;
use crate::output::view::View;
use crate::progress::Phase;
use crate::{folders, output};

/// Installs the named interpreters, or every missing one, and then lists all.
///
/// One that was not named and cannot be installed is reported; it is a failure only if the tests require it.
pub(crate) fn run(args: &PythonsArgs, named: &[AbiTag], view: &View) -> Result<Exit, Error> {
    let discovery = search(&args.python)?;
    let folders = Folders {
        pythons: folders::data()?.join("pythons"),
        cache: folders::cache(args.python.cache_dir.as_deref())?.join("install"),
        system: "/".into(),
    };
    let wanted = wanted(&discovery, named)?;
    let progress = ProgressBar { quiet: view.is_quiet(), phase: RefCell::default() };
    let mut installations: Vec<_> = wanted
        .iter()
        .map(|manifest| Installation::new(manifest.id, installers(manifest, &folders, &Processes)))
        .collect();
    let text = planned(&mut installations, &progress);
    if args.dry_run {
        output::deliver(&text, &args.report)?;
        return Ok(Exit::Clean);
    }
    progress.print(&text);
    let mut failed = false;
    for (manifest, installation) in wanted.iter().zip(&mut installations) {
        let got = install(installation, &folders, args, &progress);
        failed |= !got && (manifest.required || !named.is_empty());
    }
    let discovery = search(&args.python)?;
    output::report(&args.format.text(&discovery, view), &args.report, view)?;
    Ok(if failed { Exit::CouldNot } else { Exit::Clean })
}

/// The interpreters to install: those that are missing, and those without headers, such as the Pythons that systems
/// come with: nothing can be built for these.
fn wanted(discovery: &Discovery, named: &[AbiTag]) -> Result<Vec<&'static Manifest>, Error> {
    if named.is_empty() {
        let bare = discovery.found.iter().filter(|python| python.id.is_native() && !python.facts.has_headers);
        let bare = bare.filter_map(|python| Manifest::of(python.id.abi));
        return Ok(bare.chain(discovery.missing.iter().copied()).collect());
    }
    let is_here = |id: &AbiTag| {
        discovery.found.iter().any(|python| python.id == (*id).into() && python.facts.has_headers)
    };
    let absent = named.iter().filter(|id| !is_here(id));
    absent.map(|id| Manifest::of(*id).ok_or_else(|| Error::Unmatched(id.to_string()))).collect()
}

/// What will be done, line by line.
fn planned(installations: &mut [Installation<'_>], progress: &ProgressBar) -> String {
    let mut text = String::new();
    let mut sum = 0;
    for installation in installations.iter_mut() {
        let plan = installation.plan(progress);
        let id = installation.id.to_string();
        let line = plan.as_ref().map_or_else(
            || "no way to install it on this machine".to_owned(),
            |(_, plan)| format!("{}, {}", plan.what, size(plan)),
        );
        let _ = writeln!(text, "{id:<12}  {line}");
        if plan.is_none() {
            text.push_str(&failures(installation));
        }
        sum += plan.and_then(|(_, plan)| plan.bytes()).unwrap_or_default();
    }
    progress.end();
    if installations.is_empty() {
        return "nothing to install\n".to_owned();
    }
    if sum > 0 {
        let sum = megabytes(sum);
        let _ =
            writeln!(text, "to download at most: {sum} MB; apt checks every file against signed checksums");
    }
    text
}

fn size(plan: &Plan) -> String {
    plan.bytes().map_or_else(|| "of unknown size".to_owned(), |bytes| format!("{} MB", megabytes(bytes)))
}

/// Rounded up.
const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

/// Installs one interpreter, and reports the result.
fn install(
    installation: &mut Installation<'_>,
    folders: &Folders,
    args: &PythonsArgs,
    progress: &ProgressBar,
) -> bool {
    let started = Instant::now();
    let id = installation.id;
    let by = installation.run(folders, &|id| confirm(id, args), progress);
    progress.end();
    let done = match &by {
        Some(installer) => format!("installed: {installer}, {} s", started.elapsed().as_secs()),
        None => "not installed".to_owned(),
    };
    // A missing tool is of no interest when another one installed it.
    if by.is_some() {
        installation.tried.retain(|attempt| !matches!(attempt.error, InstallError::NoProgram { .. }));
    }
    progress.print(&format!("{:<12}  {done}\n{}", id.to_string(), failures(installation)));
    by.is_some()
}

/// The failed attempts, each with its reason and what the user can do.
fn failures(installation: &Installation<'_>) -> String {
    let mut text = String::new();
    for attempt in &installation.tried {
        let why = error_text(&attempt.error);
        let hint = attempt.error.hint().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
        let _ = writeln!(text, "    not by {}: {why}{hint}", attempt.installer);
        for line in attempt.error.lines() {
            let _ = writeln!(text, "        {line}");
        }
    }
    text
}

/// Checks that the interpreter is found now, wherever its installer has put it.
fn confirm(id: AbiTag, args: &PythonsArgs) -> Result<(), String> {
    let request = Request {
        selection: vec![Selector::Id(id.into())],
        own_pythons: folders::data().ok().map(|data| data.join("pythons")),
        cache_dir: folders::cache(args.python.cache_dir.as_deref()).ok().map(|dir| dir.join("pythons")),
        ..Request::new(Environment::of_process())
    };
    let discovery = discover(&request);
    if discovery.found.iter().any(|python| python.id == id.into()) {
        return Ok(());
    }
    let broken: Vec<_> = discovery.broken.iter().map(|broken| broken.error.to_string()).collect();
    Err(format!("the installed interpreter is not found as {id}; {}", broken.join("; ")))
}

/// A bar on stderr for the phase that runs.
struct ProgressBar {
    quiet: bool,
    phase: RefCell<Option<Phase>>,
}

impl ProgressBar {
    /// Writes to stderr.
    fn print(&self, text: &str) {
        if !self.quiet {
            anstream::eprint!("{text}");
        }
    }

    fn end(&self) {
        self.phase.take();
    }
}

impl Progress for ProgressBar {
    fn phase(&self, what: &'static str, steps: Option<usize>) {
        self.end();
        *self.phase.borrow_mut() = Some(match steps {
            Some(steps) => Phase::begin(what, steps, self.quiet),
            None => Phase::spin(what, self.quiet),
        });
    }

    fn step(&self, name: &str) {
        if let Some(phase) = &*self.phase.borrow() {
            phase.doing(name);
            phase.done();
        }
    }
}
