//! Running the plan: every cell in a child, spread over the cores.
//!
//! Nothing is judged here. What comes out is what was seen, cell by cell, in the order of the plan.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use soabi_core::{AbiTag, ArtifactId, Cell, FileName, InitSymbol, LoadRequest, Outcome, Rung, error_text};
use soabi_python::Interpreter;

use crate::import;
use crate::load::Loader;
use crate::stage::Stage;
use crate::subject::Subject;
use crate::work::{Joined, Line, Queue, Unit};
use crate::worker::{Depth, Isolation, Job, Seen, Worker};

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
    /// The child of the `load` rung.
    pub loader: Loader,
    /// An empty folder that the caller owns and removes: stage and working folders.
    pub scratch: PathBuf,
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
    let queue = Queue::new(run.lines());
    let results = Mutex::new((vec![None; cells.len()], Vec::new()));
    std::thread::scope(|scope| {
        for number in 0..options.jobs.max(1) {
            let (run, queue, results) = (&run, &queue, &results);
            scope.spawn(move || {
                while let Some(joined) = queue.join() {
                    let mut note = |cell, seen| {
                        results.lock().unwrap_or_else(PoisonError::into_inner).0[cell] = Some(seen);
                        done(cell);
                    };
                    if let Err(error) = run.work_at(joined, queue, number, &mut note) {
                        results.lock().unwrap_or_else(PoisonError::into_inner).1.push(error);
                    }
                }
            });
        }
    });
    soabi_child::end_orphans();
    let (cells, errors) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Ran { cells: cells.into_iter().map(|seen| seen.unwrap_or_else(never_asked)).collect(), errors })
}

fn never_asked() -> Seen {
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
            let itself = import::start(&python.executable);
            if let Some(libpython) = &python.facts.libpython {
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
            let content = subject.map(|&at| (self.contents[at], &self.subjects[at].source));
            let unit = *unit_of.entry(content).or_insert(units.len());
            if unit == units.len() {
                units.push(Unit::new());
            }
            units[unit].push(cell);
        }
        units
    }

    /// Does units of a line until there are no more. Fails, once for all who work at it, when there is no worker.
    ///
    /// An interpreter's library may need a newer C library than this process has. The interpreter, which brings
    /// its own, is then asked instead.
    fn work_at(
        &self,
        joined: Joined,
        queue: &Queue,
        thread: usize,
        note: &mut dyn FnMut(usize, Seen),
    ) -> Result<(), String> {
        let Joined { line, python, start, mut instead } = joined;
        let python = &self.pythons[python];
        let scratch = self.options.scratch.join(format!("work-{thread}"));
        let new_worker = |start| Worker::new(start, &scratch, self.options.isolation, self.options.limit);
        let mut worker = new_worker(start);
        let mut result = Ok(());
        let mut give_up = |why: String| {
            if queue.give_up(line, &why) {
                result = Err(why);
            }
        };
        if let Err(error) = std::fs::create_dir_all(&scratch) {
            give_up(error.to_string());
        }
        while let Some((unit, mut failure)) = queue.next(line) {
            let mut probed = None;
            for cell in unit {
                let mut seen = match &failure {
                    Some(why) => Ok(not_run(why)),
                    None => self.run_cell(cell, python, &mut worker, &mut probed),
                };
                if matches!(&seen, Ok(seen) if seen.has_no_libpython())
                    && let Some(start) = instead.take()
                {
                    worker = new_worker(start);
                    seen = self.run_cell(cell, python, &mut worker, &mut probed);
                }
                note(
                    cell,
                    seen.unwrap_or_else(|why| {
                        let seen = not_run(&why);
                        give_up(why.clone());
                        failure = Some(why);
                        seen
                    }),
                );
            }
        }
        result
    }

    fn run_cell(
        &self,
        at: usize,
        python: &Interpreter,
        worker: &mut Worker<'_>,
        probed: &mut Option<usize>,
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
        match cell.rung {
            Rung::Inspect => Ok(not_run("the file is only read on this rung")),
            Rung::Load => {
                let symbols = InitSymbol::looked_up_by(python.facts.feature, module);
                let symbols = symbols.iter().map(ToString::to_string).collect();
                let request = LoadRequest { path: absolute(&subject.artifact.path), symbols };
                worker.run(&Job::Load(request)).map_err(|error| error_text(&error))
            }
            Rung::Import => {
                let (probed_in, depth) = match (self.options.asked, *probed) {
                    (Probes::Always, _) if cell.file == FileName::Tagged => (None, Depth::Thorough),
                    (Probes::Always, _) | (Probes::OncePerContent, None) => (None, Depth::Full),
                    (Probes::OncePerContent, before) => (before, Depth::Brief),
                };
                let dir = self.stage.folder(number, cell.file);
                let folder = format!("{}/", dir.display());
                let job = Job::Import { module: module.clone(), dir, probes: self.options.probes, depth };
                let mut seen = worker.run(&job).map_err(|error| error_text(&error))?;
                // Not the stage's folder: the file's name says it all, and two runs shall say the same.
                seen.outcome = seen.outcome.without(&folder);
                seen.probed_in = probed_in;
                if seen.outcome == Outcome::Accepted && self.options.probes.is_some() {
                    probed.get_or_insert(at);
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
