//! Running the plan: every cell in a child of its own, spread over the cores.
//!
//! Nothing is judged here. What comes out is what was seen, cell by cell, in the order of the plan.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use soabi_core::{AbiTag, ArtifactId, Cell, InitSymbol, LoadRequest, Outcome, Rung};
use soabi_python::Interpreter;

use crate::import::{Isolation, Job, Seen, Worker};
use crate::load::Loader;
use crate::stage::Stage;
use crate::subject::Subject;

/// How many `load` cells one thread takes at a time. They fill the gaps that the long batches of the `import`
/// rung leave at the end.
const LOADS_AT_ONCE: usize = 8;

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
    pub depth: Depth,
    /// The child of the `load` rung.
    pub loader: Loader,
    /// An empty folder that the caller owns and removes: stage and working folders.
    pub scratch: PathBuf,
}

/// How much of the probes an accepted cell is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Everything, once for the same bytes in the same interpreter. Under other names, and for the other
    /// interpreters that a compiler gave the same bytes for, the first few have to do: it is the same code.
    #[default]
    OncePerContent,
    /// Everything, in every cell.
    Always,
}

/// What a run brought.
#[derive(Debug)]
pub struct Ran {
    /// What was seen, in the order of the plan.
    pub cells: Vec<Seen>,
    /// What soabi could not do. The cells it concerns are [`Outcome::NotRun`].
    pub errors: Vec<String>,
}

/// Runs `cells` and says of each what was seen. `done` hears of every cell as it ends, from any thread.
pub fn run(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    options: &Options,
    done: &(dyn Fn(usize) + Sync),
) -> io::Result<Ran> {
    let run = Run::new(cells, subjects, pythons, options)?;
    soabi_child::adopt_orphans();
    let queue = Mutex::new(run.batches());
    let results = Mutex::new((vec![None; cells.len()], Vec::new()));
    std::thread::scope(|scope| {
        for number in 0..options.jobs.max(1) {
            let (run, queue, results) = (&run, &queue, &results);
            scope.spawn(move || {
                while let Some(batch) = next(queue) {
                    let errors = run.run_batch(&batch, number, &mut |cell, seen| {
                        results.lock().unwrap_or_else(PoisonError::into_inner).0[cell] = Some(seen);
                        done(cell);
                    });
                    results.lock().unwrap_or_else(PoisonError::into_inner).1.extend(errors);
                }
            });
        }
    });
    soabi_child::end_orphans();
    let (cells, errors) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Ran { cells: cells.into_iter().map(|seen| seen.unwrap_or_else(never_asked)).collect(), errors })
}

fn next(queue: &Mutex<VecDeque<Batch>>) -> Option<Batch> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn never_asked() -> Seen {
    not_run("the run ended before this cell")
}

fn not_run(why: impl Into<String>) -> Seen {
    Seen::outcome(Outcome::NotRun { why: why.into() }, 0.0)
}

/// Cells of one interpreter, by their numbers in the plan, for one thread.
struct Batch {
    python: usize,
    cells: Vec<usize>,
}

struct Run<'a> {
    cells: &'a [Cell],
    subjects: &'a [Subject],
    pythons: &'a [Interpreter],
    options: &'a Options,
    stage: Stage,
    contents: Vec<Content>,
    subject_of: HashMap<&'a ArtifactId, usize>,
    python_of: HashMap<AbiTag, usize>,
}

impl<'a> Run<'a> {
    fn new(
        cells: &'a [Cell],
        subjects: &'a [Subject],
        pythons: &'a [Interpreter],
        options: &'a Options,
    ) -> io::Result<Self> {
        let stage = Stage::new(&options.scratch)?;
        for (number, subject) in subjects.iter().enumerate() {
            if subject.missing.is_none() {
                stage.put(number, &subject.artifact)?;
            }
        }
        let contents = subjects.iter().map(content).collect::<io::Result<_>>()?;
        let subject_of =
            subjects.iter().enumerate().map(|(at, subject)| (&subject.artifact.id, at)).collect();
        let python_of = pythons.iter().enumerate().map(|(at, python)| (python.id, at)).collect();
        Ok(Self { cells, subjects, pythons, options, stage, contents, subject_of, python_of })
    }

    /// The cells as work for threads: one long batch per interpreter for its worker, the longest first, then
    /// the short ones that need none.
    fn batches(&self) -> VecDeque<Batch> {
        let mut long: Vec<Batch> = Vec::new();
        let mut short = Vec::new();
        for python in 0..self.pythons.len() {
            let of_python = (0..self.cells.len()).filter(|&cell| self.python_number(cell) == Some(python));
            let (mut for_worker, alone): (Vec<_>, Vec<_>) =
                of_python.partition(|&cell| self.needs_worker(cell));
            // Under its own name first: where something is promised, it is probed in full.
            for_worker.sort_by_key(|&cell| self.cells[cell].file);
            long.push(Batch { python, cells: for_worker });
            short.extend(alone.chunks(LOADS_AT_ONCE).map(|cells| Batch { python, cells: cells.to_vec() }));
        }
        long.sort_by_key(|batch| std::cmp::Reverse(batch.cells.len()));
        long.into_iter().chain(short).filter(|batch| !batch.cells.is_empty()).collect()
    }

    fn python_number(&self, cell: usize) -> Option<usize> {
        self.python_of.get(&self.cells[cell].python).copied()
    }

    fn needs_worker(&self, cell: usize) -> bool {
        let without_library =
            self.python_number(cell).is_some_and(|at| self.pythons[at].facts.libpython.is_none());
        self.cells[cell].rung == Rung::Import || without_library
    }

    /// Runs the cells of one batch one after another. Returns what could not be done.
    fn run_batch(&self, batch: &Batch, thread: usize, done: &mut dyn FnMut(usize, Seen)) -> Vec<String> {
        let python = &self.pythons[batch.python];
        let scratch = self.options.scratch.join(format!("work-{thread}"));
        let mut worker =
            Worker::new(&python.executable, &scratch, self.options.isolation, self.options.limit);
        let mut error = std::fs::create_dir_all(&scratch).err().map(|error| error.to_string());
        let mut known = HashMap::new();
        for &cell in &batch.cells {
            let seen = match &error {
                Some(error) => not_run(error),
                None => self.run_cell(cell, python, &mut worker, &mut known).unwrap_or_else(|failure| {
                    let seen = not_run(&failure);
                    error = Some(failure);
                    seen
                }),
            };
            done(cell, seen);
        }
        error.into_iter().collect()
    }

    fn run_cell(
        &self,
        at: usize,
        python: &Interpreter,
        worker: &mut Worker<'_>,
        known: &mut HashMap<Content, usize>,
    ) -> Result<Seen, String> {
        let cell = &self.cells[at];
        let Some(&number) = self.subject_of.get(&cell.artifact) else {
            return Ok(not_run("the plan names an artifact that there is none of"));
        };
        let subject = &self.subjects[number];
        if let Some(why) = &subject.missing {
            return Ok(not_run(why));
        }
        let module = &subject.artifact.module;
        let symbols = || {
            let symbols = InitSymbol::looked_up_by(python.facts.feature, module);
            symbols.iter().map(ToString::to_string).collect()
        };
        match (cell.rung, &python.facts.libpython) {
            (Rung::Inspect, _) => Ok(not_run("the file is only read on this rung")),
            (Rung::Load, Some(libpython)) => {
                let artifact = subject.artifact.path.clone();
                let request = LoadRequest { libpython: libpython.clone(), artifact, symbols: symbols() };
                self.options.loader.run(&request, self.options.limit).map_err(|error| in_full(&error))
            }
            (Rung::Load, None) => {
                let path = absolute(&subject.artifact.path);
                worker
                    .run(&Job::Load { module: module.clone(), path, symbols: symbols() })
                    .map_err(|error| in_full(&error))
            }
            (Rung::Import, _) => {
                let content = self.contents[number];
                let probed_in = match self.options.depth {
                    Depth::OncePerContent => known.get(&content).copied(),
                    Depth::Always => None,
                };
                let dir = self.stage.folder(number, cell.file);
                let brief = probed_in.is_some();
                let job = Job::Import { module: module.clone(), dir, probes: self.options.probes, brief };
                let mut seen = worker.run(&job).map_err(|error| in_full(&error))?;
                seen.probed_in = probed_in;
                if seen.outcome == Outcome::Accepted && self.options.probes.is_some() {
                    known.entry(content).or_insert(at);
                }
                Ok(seen)
            }
        }
    }
}

/// What is in a file, as a number.
type Content = [u8; 32];

/// What is in the file of `subject`; nothing where there is none.
fn content(subject: &Subject) -> io::Result<Content> {
    let bytes = if subject.missing.is_none() { std::fs::read(&subject.artifact.path)? } else { Vec::new() };
    Ok(Sha256::digest(bytes).into())
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// An error with its causes, as one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
