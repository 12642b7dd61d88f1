//! Running the plan: every cell in a child, spread over the cores.
//!
//! Nothing is judged here. What comes out is what was seen: each cell to a sink as soon as it has ended, and all of
//! them in the order of the plan.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use soabi_child::launch::Launcher;
use soabi_child::protocol::LoadRequest;
use soabi_child::walls::Walls;
use soabi_core::{ArtifactId, Cell, FileName, InitSymbol, Outcome, PythonId, Rung, error_text};
use soabi_python::Interpreter;

use crate::foreign::placed::Placed;
use crate::foreign::site;
use crate::import;
use crate::load::Loader;
use crate::stage::Stage;
use crate::subject::Subject;
use crate::work::{Joined, Line, Queue, Unit};
use crate::worker::{Calls, Conditions, Depth, Isolation, Job, Place, Seen, Start, Worker};

/// How cells are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many cells may run at once. Zero counts as one.
    pub jobs: usize,
    /// The time that one cell may take.
    pub limit: Duration,
    /// How cells of one interpreter are kept apart.
    pub isolation: Isolation,
    /// The probe group that every imported module is given; none for modules that soabi knows nothing about.
    pub probes: Option<&'static str>,
    /// How much of it.
    pub asked: Probes,
    /// What starts the workers.
    pub launcher: Launcher,
    /// The worker of the `load` rung.
    pub loader: Loader,
    /// An empty folder that the caller owns and removes: stage and working folders.
    pub scratch: PathBuf,
    /// Folders that come on the path behind a module's own, for those that lie in distributions: its dependencies.
    pub dependencies: BTreeMap<PythonId, Vec<PathBuf>>,
    /// What is called in one of the modules that lie in distributions.
    pub calls: Option<Calls>,
}

/// How much of the probes an accepted cell is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Probes {
    /// Everything, once for the same bytes in the same interpreter. Under other names, and for the other
    /// interpreters that a compiler gave the same bytes for, the first few have to do: it is the same code.
    #[default]
    OncePerContent,
    /// Everything in every cell, and under its own name what subinterpreters make of it.
    Always,
}

/// What a run brought.
#[derive(Debug)]
pub struct Ran {
    /// What was seen, in the order of the plan.
    pub cells: Vec<Seen>,
    /// What soabi could not do. The cells it concerns are [`Outcome::NotRun`].
    pub errors: Vec<String>,
    /// The walls that were up around every worker; `None` when none was started.
    pub walls: Option<Walls>,
    /// Whether the sink ended the run.
    pub ended: bool,
}

/// Cells that have been seen, by their numbers in the plan.
pub type Known = HashMap<usize, Seen>;

/// What gets every cell that was run as it ends, from any thread, by its number in the plan. After a break no more are
/// begun.
pub type Sink<'s> = dyn Fn(usize, &Seen) -> ControlFlow<()> + Sync + 's;

/// Runs `cells`, but for those that are `known` from an earlier run of the same plan, and says of each what was
/// seen.
pub fn run(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    options: &Options,
    known: &Known,
    sink: &Sink<'_>,
) -> io::Result<Ran> {
    let run = Run::new(cells, subjects, pythons, options, known)?;
    soabi_child::adopt_orphans();
    let queue = Queue::new(run.lines());
    let results =
        Mutex::new(Results { cells: vec![None; cells.len()], errors: Vec::new(), walls: None, ended: false });
    for (&at, seen) in known {
        if let Some(cell) = locked(&results).cells.get_mut(at) {
            *cell = Some(seen.clone());
        }
    }
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            let (run, queue, results) = (&run, &queue, &results);
            let work = move || {
                while let Some(joined) = queue.join() {
                    let line = joined.line;
                    let note = |cell, seen: Seen| {
                        let goes_on = sink(cell, &seen);
                        locked(results).cells[cell] = Some(seen);
                        goes_on
                    };
                    // A panic costs the unit that it came in. The others of the line are taken up again.
                    let worked =
                        catch_unwind(AssertUnwindSafe(|| run.work_at(joined, queue, results, &note)));
                    if let Err(panic) = worked {
                        queue.leave(line);
                        locked(results).errors.push(format!("a thread panicked: {}", words(&*panic)));
                    }
                }
            };
            scope.spawn(work);
        }
    });
    soabi_child::end_orphans();
    let Results { cells, errors, walls, ended } =
        results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let cells = cells.into_iter().map(|seen| seen.unwrap_or_else(never_asked)).collect();
    Ok(Ran { cells, errors, walls, ended })
}

/// What the threads have seen so far.
struct Results {
    cells: Vec<Option<Seen>>,
    errors: Vec<String>,
    walls: Option<Walls>,
    ended: bool,
}

fn locked(results: &Mutex<Results>) -> MutexGuard<'_, Results> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message of a panic.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// What is said of a cell to which a run did not come.
pub fn never_asked() -> Seen {
    not_run("the run ended before this cell")
}

fn not_run(why: impl Into<String>) -> Seen {
    Seen::outcome(Outcome::NotRun { why: why.into() }, 0.0)
}

struct Run<'a> {
    cells: &'a [Cell],
    subjects: &'a [Subject],
    pythons: &'a [Interpreter],
    options: &'a Options,
    known: &'a Known,
    stage: Stage,
    /// What is in the subjects' files, or why they cannot be run.
    contents: Vec<Result<Content, String>>,
    subject_of: HashMap<&'a ArtifactId, usize>,
    python_of: HashMap<PythonId, usize>,
    /// How many workers there were.
    workers: AtomicUsize,
}

impl<'a> Run<'a> {
    fn new(
        cells: &'a [Cell],
        subjects: &'a [Subject],
        pythons: &'a [Interpreter],
        options: &'a Options,
        known: &'a Known,
    ) -> io::Result<Self> {
        let stage = Stage::new(&options.scratch)?;
        let stage_one = |(number, subject): (usize, &Subject)| {
            if let Some(why) = &subject.missing {
                return Err(why.clone());
            }
            let unread = |error: io::Error| format!("the file cannot be read: {error}");
            match &subject.placed {
                // A package has no file of its own.
                Some(Placed { member: None, .. }) => Ok(Content::default()),
                Some(_) => content(&subject.artifact.path).map_err(unread),
                None => {
                    let content = content(&subject.artifact.path).map_err(unread)?;
                    stage.put(number, &subject.artifact).map_err(unread)?;
                    Ok(content)
                }
            }
        };
        let contents = subjects.iter().enumerate().map(stage_one).collect();
        let subject_of =
            subjects.iter().enumerate().map(|(at, subject)| (&subject.artifact.id, at)).collect();
        let python_of = pythons.iter().enumerate().map(|(at, python)| (python.id, at)).collect();
        let workers = AtomicUsize::new(0);
        Ok(Self { cells, subjects, pythons, options, known, stage, contents, subject_of, python_of, workers })
    }

    /// The cells as work for threads: of every interpreter what it has to do itself, and what the loader has to
    /// do beside its library.
    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (at, python) in self.pythons.iter().enumerate() {
            let of_python = (0..self.cells.len())
                .filter(|&cell| self.python_of.get(&self.cells[cell].python) == Some(&at));
            let (mut loads, imports): (Vec<_>, Vec<_>) =
                of_python.map(|cell| vec![cell]).partition(|unit| self.cells[unit[0]].rung == Rung::Load);
            let mut for_itself = self.by_content(imports.into_iter().flatten());
            let itself = import::start(python);
            // What opens libraries here is a program of this machine.
            if let Some(libpython) = python.facts.libpython.as_ref().filter(|_| python.id.is_native()) {
                let loader = self.options.loader.start(libpython);
                lines.push(Line::new(at, loader, Some(itself.clone()), loads));
            } else {
                for_itself.append(&mut loads);
            }
            lines.push(Line::new(at, itself, None, for_itself));
        }
        lines
    }

    /// Cells with the same content, made from the same source, in one unit, in the order of the plan, but those
    /// under their own name first: where something is promised, it is probed in full.
    fn by_content(&self, cells: impl Iterator<Item = usize>) -> Vec<Unit> {
        let mut cells: Vec<_> = cells.collect();
        cells.sort_by_key(|&cell| self.cells[cell].file);
        let mut units: Vec<Unit> = Vec::new();
        let mut unit_of = HashMap::new();
        for cell in cells {
            let subject = self.subject_of.get(&self.cells[cell].artifact);
            let alike = subject.and_then(|&at| self.alike(at));
            let unit = *unit_of.entry(alike).or_insert(units.len());
            if unit == units.len() {
                units.push(Unit::new());
            }
            units[unit].push(cell);
        }
        units
    }

    /// What a subject has in common with those that are done in one unit with it.
    fn alike(&self, subject: usize) -> Option<Alike<'_>> {
        let content = self.contents[subject].as_ref().ok()?;
        let subject = &self.subjects[subject];
        Some(match &subject.placed {
            Some(placed) => Alike::Package(&placed.distribution.name, placed.top_level()?),
            None => Alike::Content(content, &subject.source),
        })
    }

    /// Does units of a line until there are no more.
    ///
    /// An interpreter's library may need a newer C library than this process has. The interpreter, which brings
    /// its own, is then asked instead. It is asked about a load that ends the process, too: constructors may call it, and
    /// beside its library alone it does not run.
    fn work_at(
        &self,
        joined: Joined,
        queue: &Queue,
        results: &Mutex<Results>,
        note: &dyn Fn(usize, Seen) -> ControlFlow<()>,
    ) {
        let Joined { line, python, start, mut instead } = joined;
        let python = &self.pythons[python];
        let mut worker = self.new_worker(start, python);
        let give_up = |why: &str| {
            if queue.give_up(line, why) {
                locked(results).errors.push(why.to_owned());
            }
        };
        while let Some((unit, mut failure)) = queue.next(line) {
            let mut probed = None;
            let mut family = match failure {
                None => self.run_family(&unit, python, &mut worker),
                Some(_) => HashMap::new(),
            };
            for cell in unit {
                if let Some(seen) = self.known.get(&cell) {
                    self.note_probed(cell, seen, &mut probed);
                    continue;
                }
                let mut seen = match (&failure, family.remove(&cell)) {
                    (Some(why), _) => Ok(not_run(why)),
                    (None, Some(seen)) => Ok(seen),
                    (None, None) => self.run_cell(cell, python, &mut worker, &mut probed),
                };
                if matches!(&seen, Ok(seen) if seen.has_no_libpython())
                    && let Some(start) = instead.take()
                {
                    worker = self.new_worker(start, python);
                    seen = self.run_cell(cell, python, &mut worker, &mut probed);
                }
                if let Some(start) = instead.as_ref().filter(|_| matches!(&seen, Ok(seen) if is_death(seen)))
                {
                    let mut itself = self.new_worker(start.clone(), python);
                    let again = self.run_cell(cell, python, &mut itself, &mut probed);
                    seen = again.ok().filter(|again| !is_death(again)).map_or(seen, Ok);
                }
                let seen = seen.unwrap_or_else(|why| {
                    give_up(&why);
                    let seen = not_run(&why);
                    failure = Some(why);
                    seen
                });
                if note(cell, seen).is_break() {
                    queue.end();
                    locked(results).ended = true;
                    break;
                }
            }
            if let Some(walls) = worker.walls() {
                let all = &mut locked(results).walls;
                *all = Some(all.take().map_or_else(|| walls.clone(), |all| all.and(walls)));
            }
        }
    }

    fn new_worker(&self, start: Start, python: &Interpreter) -> Worker {
        let Options { launcher, isolation, limit, scratch, .. } = self.options;
        let limit = python.time(*limit);
        let conditions = Conditions { launcher: launcher.clone(), isolation: *isolation, limit };
        let number = self.workers.fetch_add(1, Ordering::Relaxed);
        Worker::new(start, scratch.join(format!("worker-{number}")), conditions)
    }

    fn run_cell(
        &self,
        at: usize,
        python: &Interpreter,
        worker: &mut Worker,
        probed: &mut Option<usize>,
    ) -> Result<Seen, String> {
        let cell = &self.cells[at];
        let Some(&number) = self.subject_of.get(&cell.artifact) else {
            return Ok(not_run("the plan names an artifact that there is none of"));
        };
        let subject = &self.subjects[number];
        if let Err(why) = &self.contents[number] {
            return Ok(not_run(why));
        }
        let module = &subject.artifact.module;
        match cell.rung {
            Rung::Inspect => Ok(not_run("the file is only read on this rung")),
            Rung::Test => self.run_checks(subject, python, worker),
            Rung::Load => {
                let version = python.facts.feature;
                let symbols = subject.placed.as_ref().map(|placed| placed.init_symbols(version));
                let of_module =
                    || InitSymbol::looked_up_by(version, module).iter().map(ToString::to_string).collect();
                let symbols = symbols.unwrap_or_else(of_module);
                let request = LoadRequest { path: absolute(&subject.artifact.path), symbols };
                let seen = worker.run(&Job::Load(request)).map_err(|error| error_text(&error))?;
                Ok(self.without_folders(seen, subject))
            }
            Rung::Import if let Some(placed) = &subject.placed => {
                let Some(place) = self.place(subject, placed, python) else {
                    return Ok(not_run("no import finds a file of this name"));
                };
                let seen = worker.run(&Job::Placed(place)).map_err(|error| error_text(&error))?;
                Ok(self.without_folders(seen, subject))
            }
            Rung::Import => {
                let (probed_in, depth) = match (self.options.asked, *probed) {
                    (Probes::Always, _) if cell.file == FileName::Tagged => (None, Depth::Thorough),
                    (Probes::Always, _) | (Probes::OncePerContent, None) => (None, Depth::Full),
                    (Probes::OncePerContent, before) => (before, Depth::Brief),
                };
                let dir = self.stage.folder(number, cell.file);
                let folder = format!("{}/", dir.display());
                let Options { probes, .. } = *self.options;
                let job =
                    Job::Import { module: module.clone(), dir, version: python.facts.feature, probes, depth };
                let mut seen = worker.run(&job).map_err(|error| error_text(&error))?;
                // Not the stage's folder: the file's name says it all, and two runs shall say the same.
                seen.outcome = seen.outcome.without(&folder);
                seen.probed_in = probed_in;
                self.note_probed(at, &seen, probed);
                Ok(seen)
            }
        }
    }

    /// Runs the author's own checks, where soabi was started.
    fn run_checks(
        &self,
        subject: &Subject,
        python: &Interpreter,
        worker: &mut Worker,
    ) -> Result<Seen, String> {
        let (Some(placed), Some(command)) = (&subject.placed, subject.commands.first()) else {
            return Ok(not_run("there are no checks"));
        };
        let programs = self.stage.programs(python).map_err(|error| error_text(&error))?;
        let modules = std::iter::once(&placed.distribution.site).chain(self.dependencies(python));
        let path = std::iter::once(&programs).chain(modules).cloned().collect();
        let folder = std::env::current_dir().map_err(|error| error_text(&error))?;
        let job = Job::Test { command: command.clone(), folder, path };
        let seen = worker.run(&job).map_err(|error| error_text(&error))?;
        Ok(self.without_folders(seen, subject))
    }

    /// The folders behind a module's own.
    fn dependencies(&self, python: &Interpreter) -> impl Iterator<Item = &PathBuf> {
        self.options.dependencies.get(&python.id).into_iter().flatten()
    }

    /// Where a module of something that was installed is imported.
    fn place(&self, subject: &Subject, placed: &Placed, python: &Interpreter) -> Option<Place> {
        let depth = if self.options.asked == Probes::Always { Depth::Thorough } else { Depth::Brief };
        let module = placed.module.clone()?;
        Some(Place {
            calls: self.options.calls.clone().filter(|calls| calls.module == module),
            module,
            file: placed.member.is_some().then(|| subject.artifact.path.clone()),
            distribution: Arc::clone(&placed.distribution),
            path: std::iter::once(&placed.distribution.site)
                .chain(self.dependencies(python))
                .cloned()
                .collect(),
            version: python.facts.feature,
            depth,
        })
    }

    /// Imports a package once for all of its modules in `unit`, and says what was seen of those that need not be asked
    /// alone.
    ///
    /// A package whose import neither succeeds nor raises is asked alone, and what it did then is what its modules do,
    /// whose imports begin with it.
    fn run_family(&self, unit: &[usize], python: &Interpreter, worker: &mut Worker) -> HashMap<usize, Seen> {
        let nothing = HashMap::new();
        if self.options.asked == Probes::Always || !self.options.isolation.forks() {
            return nothing;
        }
        let place = |&cell: &usize| {
            let subject = self.subject_of.get(&self.cells[cell].artifact)?;
            let subject = &self.subjects[*subject];
            let placed = subject.placed.as_ref().filter(|_| !self.known.contains_key(&cell))?;
            let place = self.place(subject, placed, python)?;
            place.calls.is_none().then_some((cell, place))
        };
        let (packages, members): (Vec<_>, Vec<_>) =
            unit.iter().filter_map(place).partition(|(_, place)| place.file.is_none());
        let [(package_cell, package)] = &packages[..] else { return nothing };
        let is_in = |(_, place): &(usize, Place)| place.module != package.module;
        let (cells, members): (Vec<_>, Vec<_>) = members.into_iter().filter(is_in).unzip();
        if members.is_empty() {
            return nothing;
        }
        let cells: Vec<usize> = std::iter::once(*package_cell).chain(cells).collect();
        let subject = |cell: usize| &self.subjects[self.subject_of[&self.cells[cell].artifact]];
        let clean = |(cell, seen): (usize, Seen)| (cell, self.without_folders(seen, subject(cell)));
        // What went wrong is seen again when the cells are asked alone.
        let Ok(seen) = worker.run_family(package.clone(), members) else { return nothing };
        if seen[0].is_none()
            && let Ok(alone) = worker.run(&Job::Placed(package.clone()))
            && !matches!(alone.outcome, Outcome::Accepted | Outcome::Refused { .. })
        {
            return cells.into_iter().map(|cell| clean((cell, alone.clone()))).collect();
        }
        cells.into_iter().zip(seen).filter_map(|(cell, seen)| Some(clean((cell, seen?)))).collect()
    }

    /// What was seen, without the folders of this run in the words of others: two runs shall say the same.
    fn without_folders(&self, mut seen: Seen, subject: &Subject) -> Seen {
        let laid_out = subject.placed.as_ref().map(|placed| &placed.distribution);
        let site =
            laid_out.filter(|distribution| distribution.archive.is_some()).map(|laid_out| &laid_out.site);
        let prefix = site.and_then(|site| site::prefix(site));
        let folders = site.map(PathBuf::as_path).into_iter().chain(prefix);
        let dependencies = self.options.dependencies.values().flatten().map(PathBuf::as_path);
        for folder in folders.chain(dependencies) {
            let text = format!("{}/", folder.display());
            seen.outcome = seen.outcome.without(&text);
            seen.output = seen.output.replace(&text, "");
            let words = seen.evidence.values_mut().chain(&mut seen.attempts);
            words.for_each(|answer| *answer = answer.replace(&text, ""));
        }
        seen
    }

    /// Notes the first cell of its unit that passed every probe.
    fn note_probed(&self, at: usize, seen: &Seen, probed: &mut Option<usize>) {
        if self.cells[at].rung == Rung::Import
            && seen.outcome == Outcome::Accepted
            && self.options.probes.is_some()
        {
            probed.get_or_insert(at);
        }
    }
}

/// Whether the process ended before it could answer.
fn is_death(seen: &Seen) -> bool {
    matches!(seen.outcome, Outcome::Crashed { .. } | Outcome::Vanished { .. } | Outcome::TimedOut)
}

/// What is in a file, as a number.
type Content = [u8; 32];

/// What the cells of a unit have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Alike<'a> {
    /// The content of the file and what it was made from: what is seen in one can spare work in the next.
    Content(&'a Content, &'a str),
    /// A distribution, and a package of it.
    Package(&'a str, &'a str),
}

/// What is in the file at `path`.
fn content(path: &Path) -> io::Result<Content> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let (mut file, mut digest, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finalize().into()),
            length => digest.update(&buffer[..length]),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
