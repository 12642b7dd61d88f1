//! A process that stays warm and forks children for its jobs: no job is done in a process in which another has
//! run anything.
//!
//! There are two kinds, an interpreter with a script ([`crate::import`]) and the loader ([`crate::load`]). Both
//! speak the protocol of [`soabi_child::protocol`] and are started behind walls. What a job's process answers is
//! read by [`answer`].

mod answer;
mod isolation;
mod job;

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use soabi_child::folder::Folder;
use soabi_child::launch::Launcher;
use soabi_child::protocol::{self, Answers, Notice, Remains};
use soabi_child::walls::Walls;
use soabi_child::{Child, Event};
use soabi_core::Outcome;

use self::answer::Answer;
pub use self::answer::{Reached, Seen};
pub use self::isolation::{Isolation, Leak};
pub use self::job::{Calls, Depth, Job, Place};

/// What the worker itself may take beyond the time limit of its job before it is given up.
const GRACE: Duration = Duration::from_secs(5);

/// Variables that the interpreter may need to find its own libraries. Every other one is the user's.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// Why a program did not become a worker, or what it said was not of the protocol.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The interpreter could not be started.
    #[error("`{}` could not be started", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It could not be read from or waited for.
    #[error("the worker `{}` could not be read", program.display())]
    Read {
        /// The program.
        program: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It wrote something that is not of the protocol.
    #[error("the worker `{}` wrote `{line}`", program.display())]
    Garbage {
        /// The program.
        program: PathBuf,
        /// What it wrote.
        line: String,
    },
    /// It ended before it was given a job.
    #[error("the worker `{}` does not run ({status}): {stderr}", program.display())]
    Broken {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
    /// [`Isolation::Strict`] asks for more walls than there are.
    #[error("not every wall is up: {0}")]
    Walls(Walls),
    /// There is no key for a job.
    #[error("the system gives no random numbers")]
    Key(#[source] io::Error),
}

/// What a worker is made of.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program.
    pub program: PathBuf,
    /// Its arguments, but for the last, which the protocol has.
    pub args: Vec<OsString>,
    /// What it is sent before it is ready.
    pub setup: Vec<u8>,
}

/// How workers are run.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What starts them.
    pub launcher: Launcher,
    /// How jobs are kept apart.
    pub isolation: Isolation,
    /// The time that a job may take.
    pub limit: Duration,
}

/// A process that takes jobs, one at a time. It is started by the first one, and started again when a job took
/// it along or left something behind.
pub struct Worker {
    start: Start,
    conditions: Conditions,
    scratch: PathBuf,
    /// How often it was started.
    starts: u32,
    walls: Option<Walls>,
    running: Option<Running>,
}

/// A worker that has been started. The process ends before its folder is removed.
struct Running {
    process: Child,
    answers: Answers,
    _folder: Folder,
}

impl Worker {
    /// A worker whose jobs have a folder in `scratch` for working folder, home, and temporary folder.
    pub fn new(start: Start, scratch: PathBuf, conditions: Conditions) -> Self {
        Self { start, conditions, scratch, starts: 0, walls: None, running: None }
    }

    /// The walls of the process that was started last.
    pub fn walls(&self) -> Option<&Walls> {
        self.walls.as_ref()
    }

    /// Does `job` and says what was seen.
    pub fn run(&mut self, job: &Job) -> Result<Seen, WorkerError> {
        let Ended { status, remains, attempts, answers, stderr, ms } =
            self.exchange(job, self.conditions.limit)?;
        let mut seen = match (answers.into_iter().next(), status) {
            (_, None) => Seen::outcome(Outcome::TimedOut, ms),
            // An answer counts when its process also ended as it should.
            (Some(answer), Some(status)) if status.success() => answer.into_seen(job, ms),
            (_, Some(status)) => Seen::outcome(death(status, &stderr), ms),
        };
        seen.attempts = attempts;
        let Remains { processes, files, .. } = remains;
        // Checks may leave in their folder what they like.
        if matches!(job, Job::Test { .. }) {
            return Ok(seen);
        }
        seen.leaks.extend((processes > 0).then_some(Leak::Processes(processes)));
        seen.leaks.extend((files > 0).then_some(Leak::Files(files)));
        Ok(seen)
    }

    /// Does the job of a package and its `members`, and says what was seen of each, the package first. `None` where
    /// that has to be asked alone: because its process did not end well, because threads of the package were missing in it,
    /// or because something was tried or left behind.
    pub fn run_family(
        &mut self,
        package: Place,
        members: Vec<Place>,
    ) -> Result<Vec<Option<Seen>>, WorkerError> {
        let alone: Vec<Job> = std::iter::once(&package).chain(&members).cloned().map(Job::Placed).collect();
        let job = Job::Family { package, members };
        // Each has its own limit, which its process holds itself to. A package whose modules do not is given up here.
        let limit =
            self.conditions.limit.saturating_mul(u32::try_from(alone.len()).unwrap_or(u32::MAX).min(4));
        let Ended { status, remains, attempts, answers, ms, .. } = self.exchange(&job, limit)?;
        let is_clean = (remains.processes, remains.files) == (0, 0) && attempts.is_empty();
        let mut seen = vec![None; alone.len()];
        if !status.is_some_and(|status| status.success()) || !is_clean {
            return Ok(seen);
        }
        // Of several answers to one question the last counts.
        for answer in answers {
            let Some((at, job)) = answer.at().and_then(|at| Some((at, alone.get(at)?))) else { continue };
            seen[at] = answer.is_known().then(|| answer.into_seen(job, ms));
        }
        Ok(seen)
    }

    /// Gives a job to the process, and takes what became of it.
    fn exchange(&mut self, job: &Job, limit: Duration) -> Result<Ended, WorkerError> {
        let key = protocol::new_key().map_err(WorkerError::Key)?;
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        let unread = |source| unread(&self.start, source);
        running.answers.clear().map_err(unread)?;
        running.process.take_stderr();
        running.process.take_attempts();
        let started = Instant::now();
        let deadline = started + limit;
        // A broken pipe is the sign of a worker that is gone, which is seen at once when it is waited for.
        let _ = running.process.write(&job.words(&key, self.conditions.limit), deadline);
        let done = self.watch(&mut running.process, deadline)?;
        let ms = started.elapsed().as_secs_f64() * 1000.0;
        let answers = running.answers.take(&key).map_err(unread)?;
        let answers = answers.iter().filter_map(|answer| serde_json::from_slice(answer).ok()).collect();
        let attempts = running.process.take_attempts();
        let is_death = done.status.is_some_and(|status| !status.success());
        let stderr = if is_death { running.process.take_stderr() } else { Vec::new() };
        if done.is_alive && done.remains.sound {
            self.running = Some(running);
        } else {
            drop(running);
            if !done.remains.sound {
                // What the job was doing when it took its worker along, it may be doing still.
                soabi_child::end_orphans();
            }
        }
        Ok(Ended { status: done.status, remains: done.remains, attempts, answers, stderr, ms })
    }

    /// Watches one job until it is done, its worker has ended, or its time is up.
    fn watch(&self, process: &mut Child, deadline: Instant) -> Result<Done, WorkerError> {
        let sound = Remains { sound: true, ..Remains::default() };
        let is_alive = self.conditions.isolation.forks();
        match process.next_event(deadline, true).map_err(|source| unread(&self.start, source))? {
            Event::Line(line) => match Notice::read(&line) {
                Some(Notice::Free) => {
                    Ok(Done { status: Some(ExitStatus::default()), is_alive, remains: sound })
                }
                Some(Notice::Ended(status, remains)) => Ok(Done { status: Some(status), is_alive, remains }),
                _ => Err(garbage(&self.start, &line)),
            },
            Event::Ended(status) => {
                Ok(Done { status: Some(status), is_alive: false, remains: Remains::default() })
            }
            Event::TimedOut => Ok(Done { status: None, is_alive: false, remains: Remains::default() }),
        }
    }

    fn start(&mut self) -> Result<Running, WorkerError> {
        let Conditions { launcher, isolation, limit } = &self.conditions;
        let not_started = |source| WorkerError::Start { program: self.start.program.clone(), source };
        let folder = Folder::new(self.scratch.join(self.starts.to_string())).map_err(not_started)?;
        self.starts += 1;
        let answers = Answers::new().map_err(not_started)?;
        let mut command = launcher.command(isolation.forks(), isolation.is_walled(), folder.path(), *limit);
        command.arg(&self.start.program).args(&self.start.args).arg(isolation.mode());
        command.env_clear().env("HOME", folder.path()).env("TMPDIR", folder.path()).env("LC_ALL", "C.UTF-8");
        for name in KEPT_VARIABLES {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        let for_worker = answers.for_worker().map_err(not_started)?;
        let mut process = Child::spawn_worker(&mut command, for_worker).map_err(not_started)?;
        let deadline = Instant::now() + *limit + GRACE;
        let _ = process.write(&self.start.setup, deadline);
        loop {
            match process.next_event(deadline, true).map_err(|source| unread(&self.start, source))? {
                Event::Line(line) => match Notice::read(&line) {
                    Some(Notice::Walls(walls)) => {
                        if *isolation == Isolation::Strict && !walls.is_complete() {
                            return Err(WorkerError::Walls(walls));
                        }
                        process.watch(launcher.kernel, folder.path(), &walls);
                        self.walls = Some(walls);
                    }
                    Some(Notice::Ready(protocol::VERSION)) => {
                        return Ok(Running { process, answers, _folder: folder });
                    }
                    // How the launcher says that a worker ended before it was ready.
                    Some(Notice::Ended(status, _)) => return Err(broken(&self.start, status, &mut process)),
                    _ => return Err(garbage(&self.start, &line)),
                },
                Event::TimedOut => return Err(unread(&self.start, io::ErrorKind::TimedOut.into())),
                Event::Ended(status) => return Err(broken(&self.start, status, &mut process)),
            }
        }
    }
}

fn unread(start: &Start, source: io::Error) -> WorkerError {
    WorkerError::Read { program: start.program.clone(), source }
}

fn garbage(start: &Start, line: &[u8]) -> WorkerError {
    let line = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
    WorkerError::Garbage { program: start.program.clone(), line }
}

fn broken(start: &Start, status: ExitStatus, process: &mut Child) -> WorkerError {
    let stderr = String::from_utf8_lossy(&process.take_stderr()).trim().to_owned();
    WorkerError::Broken { program: start.program.clone(), status, stderr }
}

/// What became of a job.
struct Ended {
    /// How its process ended; `None` when its time was up.
    status: Option<ExitStatus>,
    remains: Remains,
    attempts: Vec<String>,
    answers: Vec<Answer>,
    /// The last words of a process that did not end by itself.
    stderr: Vec<u8>,
    /// Wall time, in milliseconds.
    ms: f64,
}

/// What came of watching a job.
struct Done {
    /// How its process ended; `None` when its time was up.
    status: Option<ExitStatus>,
    /// Whether the worker can take another job.
    is_alive: bool,
    remains: Remains,
}

/// The end of the process that did the job itself: alone in its process, or a worker taken along.
fn death(status: ExitStatus, stderr: &[u8]) -> Outcome {
    match status.signal() {
        Some(signal) => {
            Outcome::Crashed { signal, last_words: String::from_utf8_lossy(stderr).trim().to_owned() }
        }
        None => Outcome::Vanished { status: status.code().unwrap_or_default() },
    }
}
