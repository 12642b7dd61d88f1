//! `soabi notes`: what extension authors are told, asked of every interpreter.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use soabi_core::{AbiTag, ArtifactId, Cell, Expectation, FileName, Outcome, Promise, Rung};
use soabi_harness::build::{BuildOptions, Tools};
use soabi_notes::{Claim, Examined, build_modules, claims, examine};
use soabi_python::Interpreter;
use soabi_report::matrix::{ArtifactEntry, CellEntry};
use soabi_report::notes::ClaimVerdict;

use crate::cli::notes::NotesArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::notes::Report;
use crate::output::view::View;
use crate::progress::{BuildBar, Phase};
use crate::{folders, interpreters, output, scratch};

/// The name of the notes in a matrix.
pub(super) const ROW: &str = "notes";

/// Asks, and delivers the report.
pub(crate) fn run(args: &NotesArgs, view: &View) -> Result<Exit, Error> {
    let claims = wanted(&args.claims)?;
    let discovery = interpreters::native(interpreters::search_some(&args.python)?)?;
    let jobs = args.jobs.unwrap_or_else(interpreters::cores);
    let asking = Asking { cache_dir: args.python.cache_dir.as_deref(), jobs, quiet: view.is_quiet() };
    let (columns, errors) = asking.ask_all(&claims, &interpreters::sound(&discovery))?;
    let drifted = discovery.drifted.iter().map(ToString::to_string);
    let report = Report { claims, columns, errors: drifted.chain(errors).collect() };
    output::report(&args.format.text(&report, view), &args.report, view)?;
    Ok(verdict(&report))
}

/// The claims that the user names, or all of them.
fn wanted(names: &[String]) -> Result<Vec<&'static Claim>, Error> {
    if let Some(stranger) = names.iter().find(|name| claims().iter().all(|claim| claim.id != **name)) {
        let known: Vec<_> = claims().iter().map(|claim| claim.id.as_str()).collect();
        return Err(Error::NoSuchClaim { claim: stranger.clone(), known: known.join(", ") });
    }
    Ok(claims().iter().filter(|claim| names.is_empty() || names.contains(&claim.id)).collect())
}

/// The exit code of a report. What could not be asked makes no claim wrong; where nothing could be, nothing is
/// known.
fn verdict(report: &Report) -> Exit {
    let verdicts = report.columns.iter().flat_map(|column| &column.judged).map(|judged| judged.verdict);
    match verdicts.max() {
        _ if !report.errors.is_empty() => Exit::CouldNot,
        None | Some(ClaimVerdict::NotRun) => Exit::CouldNot,
        Some(ClaimVerdict::Unexpected) => Exit::Unexpected,
        Some(ClaimVerdict::Holds | ClaimVerdict::Changed | ClaimVerdict::DoesNotHold) => Exit::Clean,
    }
}

/// How interpreters are asked.
pub(super) struct Asking<'o> {
    pub(super) cache_dir: Option<&'o Path>,
    pub(super) jobs: usize,
    pub(super) quiet: bool,
}

impl Asking<'_> {
    /// Asks every one of `pythons`, and says what could not be done.
    pub(super) fn ask_all<'a>(
        &self,
        claims: &[&'a Claim],
        pythons: &[Interpreter],
    ) -> Result<(Vec<Examined<'a>>, Vec<String>), Error> {
        let tools = Tools::of_process();
        let cache = folders::cache(self.cache_dir)?;
        let options = BuildOptions { tools: &tools, cache: &cache, jobs: self.jobs };
        let modules = build_modules(claims, pythons, &options, &BuildBar::new(self.quiet));
        let modules = modules.map_err(Error::Cache)?;
        let scratch = scratch::scratch()?;

        let phase = Phase::begin("asking", pythons.len(), self.quiet);
        let queue: Mutex<VecDeque<&Interpreter>> = Mutex::new(pythons.iter().collect());
        let examined = Mutex::new(Vec::new());
        let work = || {
            let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            while let Some(python) = next() {
                phase.doing(&python.id.to_string());
                let folder = scratch.path().join(python.id.to_string());
                let column = examine(claims, python, &modules, &tools, &folder);
                let column = column.map_err(|error: io::Error| format!("{}: {error}", python.id));
                examined.lock().unwrap_or_else(PoisonError::into_inner).push(column);
                phase.done();
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, pythons.len().max(1)) {
                scope.spawn(work);
            }
        });
        let mut columns = Vec::new();
        let mut errors: Vec<String> = modules.failures().collect();
        for column in examined.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match column {
                Ok(column) => columns.push(column),
                Err(error) => errors.push(error),
            }
        }
        columns.sort_by_key(|column| column.python);
        errors.sort();
        Ok((columns, errors))
    }
}

/// The notes as a row of the matrix.
pub(super) fn row() -> ArtifactEntry {
    ArtifactEntry {
        id: ArtifactId(ROW.to_owned()),
        flavor: ROW.to_owned(),
        built_for: AbiTag::None,
        floor: None,
        family: ROW.to_owned(),
        rank: u32::MAX,
        file_name: String::new(),
        wheel: None,
        member: None,
        module: None,
        path: None,
        commands: Vec::new(),
        not_built: None,
    }
}

/// The cell of that row for the interpreter `python`.
pub(super) fn planned(python: AbiTag) -> Cell {
    let python = python.into();
    Cell { artifact: ArtifactId(ROW.to_owned()), python, rung: Rung::Import, file: FileName::Tagged }
}

/// All claims in one interpreter, as a cell of that row.
pub(super) fn cell(column: &Examined<'_>) -> CellEntry {
    let lines = column.judged.iter().flat_map(|judged| judged.lines.iter().map(move |line| (judged, line)));
    let outcome = match lines.clone().find(|(_, line)| line.verdict == ClaimVerdict::Unexpected) {
        Some((judged, line)) => Outcome::Wrong {
            probe: judged.claim.id.clone(),
            message: format!("{}: {}", line.row, line.seen.as_deref().unwrap_or("no answer")),
        },
        None => Outcome::Accepted,
    };
    let why = "every claim of the notes is as expected".to_owned();
    let answers = lines.filter(|(_, line)| line.seen.is_some()).count();
    let promise = Promise { expectation: Expectation::Accept, why, reference: Some("docs/notes.md") };
    CellEntry::new(
        &planned(column.python),
        promise,
        &outcome,
        u32::try_from(answers).unwrap_or(u32::MAX),
        column.ms,
    )
}
