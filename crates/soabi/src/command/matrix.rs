//! `soabi matrix`: artifacts x interpreters x rungs, each cell judged.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use soabi_child::walls::Walls;
use soabi_core::{
    AbiTag, ArtifactId, Cell, CellId, FileName, OutcomeKind, PythonId, Rung, Selector, Verdict,
};
use soabi_harness::agreement::Predictions;
use soabi_harness::foreign;
use soabi_harness::judge::{judge, promises};
use soabi_harness::plan::plan;
use soabi_harness::run::{self, Known, Options, Probes};
use soabi_harness::shard;
use soabi_harness::specimen::{Toolkit, flavors};
use soabi_harness::subject::Subject;
use soabi_harness::truth::{Expected, TruthTable};
use soabi_harness::worker::{Calls, Isolation, Seen};
use soabi_notes::claims;
use soabi_python::{Discovery, Emulator, Interpreter, Manifest, manifests};
use soabi_report::given::GivenEntry;
use soabi_report::journal::RunId;
use soabi_report::matrix::{
    ArtifactEntry, CellEntry, IsolationEntry, MatrixHead, MatrixReport, NotApplicable, PythonEntry, SCHEMA,
    ShardEntry,
};
use soabi_rules::tables;

use crate::cli::matrix::{IsolationName, MatrixArgs, ProbesName};
use crate::command::{
    batches, dependencies, distributions, load, merge, notes, specimens, toolkits, with_deps,
};
use crate::error::Error;
use crate::exit::Exit;
use crate::journal::Journal;
use crate::output::view::View;
use crate::progress::Phase;
use crate::{destination, folders, interpreters, output, scratch};

/// The probe group that the specimens are given.
const SPAM: &str = "spam";

/// Runs the matrix and delivers the report.
pub(crate) fn run(mut args: MatrixArgs, view: &View) -> Result<Exit, Error> {
    for output in args.report.output.iter().chain(args.copies.iter().map(|copy| &copy.file)) {
        let inputs = destination::paths(&args.given.artifacts).chain(args.expected.as_deref());
        destination::check(Some(output), inputs)?;
    }
    let truth = args.expected.as_deref().map(read_truth).transpose()?;
    let discovery = interpreters::search_some(&args.python)?;
    // What soabi builds itself is for this machine.
    let discovery =
        if args.given.artifacts.is_empty() { interpreters::native(discovery)? } else { discovery };
    let mut errors: Vec<String> = discovery.drifted.iter().map(ToString::to_string).collect();
    let pythons = interpreters::sound(&discovery);
    let toolkits = toolkits::wanted(&args.flavors)?;
    let built = match build(&toolkits, &args, &pythons, &mut errors, view)? {
        ControlFlow::Continue(built) => built,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    if !toolkits.is_empty() {
        args.given.artifacts.clone_from(&built.wheels);
        args.given.test.get_or_insert_with(|| toolkits::ROUND_TRIP.to_owned());
    }
    let args = &args;
    let scratch = scratch::scratch()?;
    let rows = rows(args, &pythons, scratch.path(), &mut errors, view)?;
    let Rows { subjects, mut not_applicable, predictions, given } = rows;
    not_applicable.extend(built.not_applicable);
    if args.show_commands {
        return show_commands(args, &subjects);
    }
    let columns = columns(args, &pythons)?;
    let required = required(args)?;
    let cells = cells(args, &subjects, &pythons, &columns);
    if cells.is_empty() {
        return Err(Error::NothingToDo(if errors.is_empty() {
            "no module matches the selected flavors and interpreters".to_owned()
        } else {
            errors.join("; ")
        }));
    }
    let noted = noted(args, &pythons)?;
    let (cells, shard) = part(args, cells, &subjects);
    if args.plan {
        return show_plan(args, &cells, &noted);
    }
    let promises = promises(&cells, &subjects, &pythons, truth.as_ref())
        .map_err(|source| Error::Truth { path: args.expected.clone().unwrap_or_default(), source })?;
    let predictions = if given.is_empty() { self::predictions(&subjects) } else { predictions };
    let todo = Todo {
        cells: &cells,
        subjects: &subjects,
        pythons: &pythons,
        promises: &promises,
        predictions: &predictions,
        dependencies: &built.dependencies,
    };
    let (ran, journal) = run_cells(args, &todo, scratch.path(), &mut errors, view)?;
    drop(scratch);
    let isolation = ran.walls.as_ref().map(|walls| isolation(args.isolation, walls));
    errors.extend(ran.errors);
    let is_whole = !ran.ended;
    let mut cells = judge(&cells, promises, &predictions, &ran.cells);
    if !given.is_empty() {
        told_of_given(&mut cells, isolation.as_ref(), is_asked(args));
    }
    let mut artifacts: Vec<_> = subjects.iter().map(entry).collect();
    if has_notes(args) {
        let asking = notes::Asking {
            cache_dir: args.python.cache_dir.as_deref(),
            jobs: args.jobs.unwrap_or_else(interpreters::cores),
            quiet: view.is_quiet(),
        };
        let claims: Vec<_> = claims().iter().collect();
        let (columns, failures) = asking.ask_all(&claims, &noted)?;
        artifacts.push(notes::row());
        cells.extend(columns.iter().map(notes::cell));
        errors.extend(failures);
    }
    let head = MatrixHead {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: tables::id().to_owned(),
        shard,
        pythons: axis(&discovery),
        isolation,
        given,
        required,
        artifacts,
        not_applicable,
    };
    let report = MatrixReport::new(head, cells, errors);
    let view = View { squares: args.squares, ..*view };
    let exit = merge::deliver(&report, args.format, &args.report, &args.copies, &view)?;
    journal.filter(|_| is_whole).map_or(Ok(()), Journal::finish)?;
    Ok(exit)
}

fn read_truth(path: &std::path::Path) -> Result<TruthTable, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    TruthTable::parse(&text).map_err(|source| Error::Truth { path: path.to_owned(), source })
}

/// The wheels of `toolkits`, built; or no more than their commands, printed.
fn build(
    toolkits: &[&Toolkit],
    args: &MatrixArgs,
    pythons: &[Interpreter],
    errors: &mut Vec<String>,
    view: &View,
) -> Result<ControlFlow<Exit, toolkits::Built>, Error> {
    if toolkits.is_empty() {
        return Ok(ControlFlow::Continue(toolkits::Built::default()));
    }
    let (orders, not_applicable) = toolkits::orders(toolkits, pythons);
    if args.show_commands {
        output::deliver(&toolkits::commands(&orders), &args.report)?;
        return Ok(ControlFlow::Break(Exit::Clean));
    }
    let cache = folders::cache(args.python.cache_dir.as_deref())?;
    let mut built =
        toolkits::build(&orders, &cache, args.jobs.unwrap_or_else(interpreters::cores), view.is_quiet())?;
    built.not_applicable.extend(not_applicable);
    errors.append(&mut built.errors);
    if built.wheels.is_empty() {
        let reasons = built.not_applicable.iter().map(|none| format!("{}: {}", none.built_for, none.because));
        errors.extend(reasons);
        return Err(Error::NothingToDo(errors.join("; ")));
    }
    Ok(ControlFlow::Continue(built))
}

/// The interpreters that cells run in.
fn columns(args: &MatrixArgs, pythons: &[Interpreter]) -> Result<Vec<PythonId>, Error> {
    let mut ids: Vec<PythonId> = pythons.iter().map(|python| python.id).collect();
    if let Some(stranger) = args.run_on.iter().find(|id| !ids.contains(id)) {
        return Err(Error::NotOnTheAxis(*stranger));
    }
    ids.retain(|id| args.run_on.is_empty() || args.run_on.contains(id));
    Ok(ids)
}

/// The cells of this part, and which part it is.
fn part(args: &MatrixArgs, cells: Vec<Cell>, subjects: &[Subject]) -> (Vec<Cell>, Option<ShardEntry>) {
    match args.shard {
        None => (cells, None),
        Some(part) => {
            let entry = ShardEntry { part, plan: shard::plan_id(&cells) };
            (shard::cut(&cells, subjects, part), Some(entry))
        }
    }
}

/// Whether the interpreters are asked what the notes claim.
fn has_notes(args: &MatrixArgs) -> bool {
    args.probes == ProbesName::Always
        && args.given.artifacts.is_empty()
        && args.flavors.is_empty()
        && rungs(args).contains(&Rung::Import)
}

/// The interpreters that are asked what the notes claim; in a part of a run, every Nth of them.
fn noted(args: &MatrixArgs, pythons: &[Interpreter]) -> Result<Vec<Interpreter>, Error> {
    if !has_notes(args) {
        return Ok(Vec::new());
    }
    let columns = columns(args, pythons)?;
    let wanted = pythons.iter().filter(|python| columns.contains(&python.id)).enumerate();
    let is_ours = |at: usize| args.shard.is_none_or(|part| at % part.total() + 1 == part.index());
    Ok(wanted.filter(|(at, _)| is_ours(*at)).map(|(_, python)| python.clone()).collect())
}

fn rungs(args: &MatrixArgs) -> Vec<Rung> {
    let named: BTreeSet<Rung> = args.rungs.iter().map(|&name| name.into()).collect();
    let rungs = if named.is_empty() { BTreeSet::from([Rung::Load, Rung::Import]) } else { named };
    let checks = args.given.checks().map(|_| Rung::Test);
    rungs.into_iter().chain(checks).collect()
}

/// The rows, and what is known of them before anything runs.
#[derive(Default)]
struct Rows {
    subjects: Vec<Subject>,
    not_applicable: Vec<NotApplicable>,
    /// What the auditor predicts of what the user named.
    predictions: HashMap<ArtifactId, Predictions>,
    given: Vec<GivenEntry>,
}

/// The rows: what the user named, or the specimens, built. Wheels are to be laid out below `scratch`.
fn rows(
    args: &MatrixArgs,
    pythons: &[Interpreter],
    scratch: &Path,
    errors: &mut Vec<String>,
    view: &View,
) -> Result<Rows, Error> {
    if args.given.artifacts.is_empty() {
        let plan = specimens::plan(&args.flavors, pythons)?;
        let subjects = specimens::build(args, plan.specimens, errors, view)?;
        return Ok(Rows { subjects, not_applicable: plan.not_applicable, ..Rows::default() });
    }
    let sites = scratch.join("sites");
    let given = distributions::read_all(&args.given.artifacts, pythons, &sites, args.given.checks());
    errors.extend(given.errors);
    Ok(Rows {
        subjects: given.subjects,
        not_applicable: Vec::new(),
        predictions: given.predictions,
        given: given.entries,
    })
}

/// The cells: of files by themselves under both names everywhere, of what lies in distributions where it is installed.
fn cells(
    args: &MatrixArgs,
    subjects: &[Subject],
    pythons: &[Interpreter],
    columns: &[PythonId],
) -> Vec<Cell> {
    let alone = subjects.iter().filter(|subject| subject.placed.is_none());
    let mut cells = plan(alone, columns, &rungs(args));
    let columns: Vec<_> = pythons.iter().filter(|python| columns.contains(&python.id)).collect();
    let everywhere = args.given.all_pythons || is_asked(args);
    cells.extend(foreign::plan::cells(subjects, &columns, &rungs(args), everywhere));
    cells
}

/// Whether the user asked for these interpreters by name, as an option: then it is to be shown what happens there. What
/// soabi builds is built for them.
fn is_asked(args: &MatrixArgs) -> bool {
    !args.python.pythons.is_empty() && args.flavors.is_empty() && std::env::var_os("SOABI_PYTHON").is_none()
}

/// The interpreters in which everything has to be witnessed, of all that are declared.
fn required(args: &MatrixArgs) -> Result<Vec<PythonId>, Error> {
    let mut required = Vec::new();
    for selector in args.given.require.iter().flat_map(|selection| &selection.0) {
        let is_named =
            |id: &PythonId| id.python_version().is_some_and(|version| selector.matches(*id, version));
        let machine = if let Selector::Id(id) = selector { id.machine } else { None };
        let declared = manifests().iter().map(|manifest| PythonId { abi: manifest.id, machine });
        let before = required.len();
        required.extend(declared.filter(is_named));
        if required.len() == before {
            return Err(Error::Unmatched(selector.to_string()));
        }
    }
    Ok(required)
}

/// What is called again and again. Where nothing would be, the user is told before anything runs.
fn calls(args: &MatrixArgs, todo: &Todo<'_>) -> Result<Option<Calls>, Error> {
    let Some((module, expression)) = args.given.call.clone() else { return Ok(None) };
    let is_meant = |subject: &&Subject| {
        subject.placed.as_ref().is_some_and(|placed| placed.module.as_ref() == Some(&module))
    };
    let meant: BTreeSet<_> =
        todo.subjects.iter().filter(is_meant).map(|subject| &subject.artifact.id).collect();
    let imports = |cell: &&Cell| cell.rung == Rung::Import && meant.contains(&cell.artifact);
    let pythons: BTreeSet<_> = todo.cells.iter().filter(imports).map(|cell| cell.python).collect();
    if pythons.is_empty() {
        return Err(Error::NothingToCall(module));
    }
    if !todo.pythons.iter().any(|python| python.facts.debug && pythons.contains(&python.id)) {
        return Err(Error::NothingCounts(module));
    }
    Ok(Some(Calls { module, expression, count: args.given.calls }))
}

/// What is told of cells of what the user named, and not of each of thousands of specimens.
fn told_of_given(cells: &mut [CellEntry], isolation: Option<&IsolationEntry>, is_asked: bool) {
    for cell in cells {
        cell.asked = is_asked && cell.rung != Rung::Load && cell.file == FileName::Tagged;
        if cell.outcome != OutcomeKind::NotRun {
            cell.isolation = isolation.map(|isolation| isolation.walls.clone()).unwrap_or_default();
        }
    }
}

/// What is to be run, and what is held against it.
struct Todo<'a> {
    cells: &'a [Cell],
    subjects: &'a [Subject],
    pythons: &'a [Interpreter],
    promises: &'a [Expected],
    predictions: &'a HashMap<ArtifactId, Predictions>,
    /// What modules need when they are imported, beside what the command line names.
    dependencies: &'a BTreeMap<PythonId, Vec<PathBuf>>,
}

impl Todo<'_> {
    /// Whether what was seen in a cell breaks a promise or differs from the prediction.
    fn fails(&self, cell: usize, seen: &Seen) -> bool {
        // The cell that this would be is not in the list of one.
        let seen = Seen { probed_in: None, ..seen.clone() };
        let promises = vec![self.promises[cell].clone()];
        let judged = judge(&self.cells[cell..=cell], promises, self.predictions, std::slice::from_ref(&seen));
        judged.iter().any(|cell| cell.verdict == Verdict::Unexpected || cell.agrees == Some(false))
    }
}

/// Runs the cells. The journal is kept until the report is written.
fn run_cells(
    args: &MatrixArgs,
    todo: &Todo<'_>,
    scratch: &Path,
    errors: &mut Vec<String>,
    view: &View,
) -> Result<(run::Ran, Option<Journal>), Error> {
    let Todo { cells, subjects, pythons, .. } = *todo;
    let calls = calls(args, todo)?;
    let mut dependencies = dependencies::lay_out(&args.given.deps, pythons, &scratch.join("dependencies"))?;
    for (python, folders) in todo.dependencies {
        dependencies.entry(*python).or_default().extend(folders.iter().cloned());
    }
    if args.given.with_deps {
        let cache = folders::cache(args.python.cache_dir.as_deref())?;
        with_deps::resolve(cells, subjects, pythons, &cache, &mut dependencies, errors)?;
    }
    let options = Options {
        jobs: args.jobs.unwrap_or_else(interpreters::cores),
        limit: args.time_limit,
        isolation: match args.isolation {
            IsolationName::Fork => Isolation::Fork,
            IsolationName::Process => Isolation::Process,
            IsolationName::Strict => Isolation::Strict,
            IsolationName::None => Isolation::None,
        },
        probes: args.given.artifacts.is_empty().then_some(SPAM),
        asked: match args.probes {
            ProbesName::Once => Probes::OncePerContent,
            ProbesName::Always => Probes::Always,
        },
        launcher: load::launcher()?,
        loader: load::loader()?,
        scratch: scratch.join("run"),
        dependencies,
        calls,
    };
    let cache = folders::cache(args.python.cache_dir.as_deref())?;
    let opened =
        Journal::open::<JournaledCell>(&cache, &run_id(args, cells, subjects, pythons), args.resume)?;
    let (journal, done) = opened.map_or_else(|| (None, Vec::new()), |(journal, done)| (Some(journal), done));
    let position: HashMap<_, usize> = cells.iter().enumerate().map(|(at, cell)| (cell.id(), at)).collect();
    let known: Known =
        done.into_iter().filter_map(|done| Some((*position.get(&done.cell)?, done.seen))).collect();
    if args.resume {
        anstream::eprintln!("resuming: {} of {} cells are known", known.len(), cells.len());
    }
    let phase = Phase::begin("running", cells.len() - known.len(), view.is_quiet());
    let failure = Mutex::new(None);
    let done = |cell: usize, seen: &Seen| {
        phase.done();
        if let Some(journal) = &journal
            && let Err(error) = journal.done(JournaledCell { cell: cells[cell].id(), seen: seen.clone() })
        {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        if args.fail_fast && todo.fails(cell, seen) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let ran = batches::run(cells, subjects, pythons, &options, &known, &done).map_err(Error::Scratch)?;
    drop(phase);
    // A journal that could not be written costs the way back, not the report.
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        anstream::eprintln!("warning: {}", error.in_full());
    }
    if let Some(why) = ran.walls.as_ref().and_then(Walls::root_without_namespace) {
        anstream::eprintln!("warning: modules were run as root, without a user namespace ({why})");
    }
    Ok((ran, journal))
}

/// A cell that ran, in the journal.
#[derive(Serialize, Deserialize)]
struct JournaledCell {
    cell: CellId,
    seen: Seen,
}

/// What the results of a run depend on: the cells, the files, the interpreters, and how cells are run.
fn run_id(args: &MatrixArgs, cells: &[Cell], subjects: &[Subject], pythons: &[Interpreter]) -> RunId {
    let mut digest = Sha256::new();
    digest.update(shard::plan_id(cells));
    digest.update(format!("{:?} {:?} {:?}", args.isolation, args.probes, args.time_limit));
    let mut wheels = BTreeMap::new();
    for subject in subjects {
        // What is in a wheel is not laid out yet, and what is in an environment is more than the module itself.
        let archive = subject.placed.as_ref().and_then(|placed| placed.distribution.archive.as_ref());
        let content =
            || fs::read(archive.unwrap_or(&subject.artifact.path)).map(Sha256::digest).unwrap_or_default();
        let content = match archive {
            Some(archive) => *wheels.entry(archive).or_insert_with(content),
            None => content(),
        };
        digest.update(format!("{} {}", subject.artifact.id, soabi_core::hex(&content)));
    }
    digest.update(format!(
        "{:?} {:?} {:?} {:?} {:?} {}",
        args.given.deps,
        args.given.with_deps,
        args.given.test,
        args.given.pytest,
        args.given.call,
        args.given.calls
    ));
    for python in pythons {
        let modified = fs::metadata(&python.executable).and_then(|metadata| metadata.modified()).ok();
        digest.update(format!("{} {} {modified:?}", python.facts.version, python.executable.display()));
    }
    RunId {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: tables::id().to_owned(),
        digest: soabi_core::hex(&digest.finalize()[..16]),
    }
}

fn isolation(mode: IsolationName, walls: &Walls) -> IsolationEntry {
    let mode = mode.to_possible_value().map(|value| value.get_name().to_owned());
    IsolationEntry {
        mode: mode.unwrap_or_default(),
        walls: walls.up().map(|wall| wall.as_str().to_owned()).collect(),
        missing: walls.missing().map(|(wall, why)| (wall.as_str().to_owned(), why.to_owned())).collect(),
    }
}

/// What the auditor predicts of every row. Nothing of one that is not there.
fn predictions(subjects: &[Subject]) -> HashMap<ArtifactId, Predictions> {
    let of = |subject: &Subject| match subject.missing {
        None => Predictions::of(&subject.artifact, subject.machine),
        Some(_) => Predictions::default(),
    };
    subjects.iter().map(|subject| (subject.artifact.id.clone(), of(subject))).collect()
}

fn show_plan(args: &MatrixArgs, cells: &[Cell], noted: &[Interpreter]) -> Result<Exit, Error> {
    let mut text = String::new();
    let of_notes = noted.iter().map(|python| notes::planned(python.id.abi).id());
    for id in cells.iter().map(Cell::id).chain(of_notes) {
        let _ = writeln!(text, "{id}");
    }
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}

fn show_commands(args: &MatrixArgs, subjects: &[Subject]) -> Result<Exit, Error> {
    let mut text = String::new();
    for subject in subjects {
        let _ = writeln!(text, "# {}", subject.artifact.id);
        for command in &subject.commands {
            let _ = writeln!(text, "{command}");
        }
        if let Some(why) = &subject.missing {
            let _ = writeln!(text, "# not built: {why}");
        }
    }
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}

/// The interpreters of the report: those of this machine, and those that are declared and not here.
fn axis(discovery: &Discovery) -> Vec<PythonEntry> {
    let found = discovery.found.iter().map(|python| PythonEntry {
        id: python.id,
        path: Some(python.executable.display().to_string()),
        emulator: python.emulator.iter().flat_map(Emulator::words).collect(),
        version: Some(python.facts.version.clone()),
        soabi: python.facts.soabi.clone(),
        found: true,
        excluded: false,
        help: None,
    });
    let absent = |id: AbiTag, excluded: bool| PythonEntry {
        id: id.into(),
        path: None,
        emulator: Vec::new(),
        version: None,
        soabi: None,
        found: false,
        excluded,
        help: Manifest::of(id).and_then(Manifest::how_to_get),
    };
    let missing = discovery.missing.iter().map(|manifest| absent(manifest.id, false));
    let excluded = discovery.excluded.iter().map(|id| absent(*id, true));
    let mut axis: Vec<_> = found.chain(missing).chain(excluded).collect();
    axis.sort_by_key(|python| python.id);
    axis
}

fn entry(subject: &Subject) -> ArtifactEntry {
    let artifact = &subject.artifact;
    let placed = subject.placed.as_ref();
    let archive = placed.and_then(|placed| placed.distribution.archive.as_ref());
    let path = archive.unwrap_or(&artifact.path);
    ArtifactEntry {
        wheel: placed.map(|placed| placed.distribution.name.clone()),
        member: placed.and_then(|placed| placed.member.clone()),
        module: placed.and_then(|placed| placed.module.clone()),
        id: artifact.id.clone(),
        flavor: subject.flavor.clone(),
        built_for: subject.built_for,
        floor: artifact.claim.floor,
        family: subject.family.clone(),
        rank: rank(&subject.family),
        file_name: artifact.file_name.clone(),
        path: subject.missing.is_none().then(|| path.display().to_string()),
        commands: subject.commands.clone(),
        not_built: subject.missing.clone(),
    }
}

/// The position of a specimen's family among the flavors; somebody else's files come after them.
fn rank(family: &str) -> u32 {
    let position = flavors().iter().position(|flavor| flavor.id == family);
    position.and_then(|position| u32::try_from(position).ok()).unwrap_or(u32::MAX - 1)
}
