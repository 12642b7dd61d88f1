//! A process that stays warm and forks children for its jobs: no job is done in a process in which another has
//! run anything.
//!
//! There are two kinds, an interpreter with a script ([`crate::import`]) and the loader ([`crate::load`]). Both
//! are spoken to in the same way, six words a job; the script says how. What a job's process answers is read by
//! [`answer`].

mod answer;

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use soabi_child::{Child, Event, Group, Resource};
use soabi_core::{LoadRequest, Outcome};

use self::answer::Answer;
pub use self::answer::Seen;

/// The largest file that a module may write, in bytes.
const LARGEST_FILE: u64 = 64 << 20;

/// What the worker itself may take beyond the time limit of its job before it is given up.
const GRACE: Duration = Duration::from_secs(5);

/// Variables that the interpreter may need to find its own libraries. Every other one is the user's.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// How jobs are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// One worker, a forked child for every job that runs something.
    #[default]
    Fork,
    /// A fresh worker for every job.
    Process,
}

impl Isolation {
    /// The worker's last argument.
    fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Process => "process",
        }
    }
}

/// How much an imported module is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The first few probes.
    Brief,
    /// Every probe.
    Full,
    /// Every probe, and what subinterpreters make of it.
    Thorough,
}

impl Depth {
    fn as_str(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Full => "full",
            Self::Thorough => "thorough",
        }
    }
}

/// One thing to be done by a worker.
#[derive(Clone, Debug)]
pub enum Job {
    /// Import `module` from the folder `dir`, then run the probes.
    Import {
        /// The module's name.
        module: String,
        /// The folder that holds the module's file and nothing else.
        dir: PathBuf,
        /// The probe group.
        probes: Option<&'static str>,
        /// How much is asked.
        depth: Depth,
    },
    /// Open a file and look for the init symbol.
    Load(LoadRequest),
}

impl Job {
    /// The module that is imported, if any.
    fn module(&self) -> &str {
        match self {
            Self::Import { module, .. } => module,
            Self::Load(_) => "",
        }
    }

    /// The job as the worker reads it, with its time limit.
    fn words(&self, limit: Duration) -> Vec<u8> {
        let limit = limit.as_secs().saturating_add(1).to_string();
        let limit = limit.as_bytes();
        match self {
            Self::Import { module, dir, probes, depth } => {
                let (probes, depth) = (probes.unwrap_or_default(), depth.as_str());
                words([
                    b"import".as_slice(),
                    module.as_bytes(),
                    bytes(dir),
                    probes.as_bytes(),
                    depth.as_bytes(),
                    limit,
                ])
            }
            Self::Load(LoadRequest { path, symbols }) => {
                words([b"load".as_slice(), &[], bytes(path), symbols.join(" ").as_bytes(), &[], limit])
            }
        }
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Each of `words` with a NUL behind it.
pub(crate) fn words<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend_from_slice(word.as_ref());
        bytes.push(0);
    }
    bytes
}

/// Why a program did not become a worker, or what it said was not an answer.
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
    /// It wrote something that is not an answer.
    #[error("the worker `{}` answered `{line}`", program.display())]
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
}

/// How a worker is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program.
    pub program: PathBuf,
    /// Its arguments, but for the last, which says how jobs are kept apart.
    pub args: Vec<OsString>,
    /// What it is sent before it is ready.
    pub setup: Vec<u8>,
}

/// A process that takes jobs, one at a time. It is started by the first one, and started again when a job took
/// it along.
pub struct Worker<'a> {
    start: Start,
    scratch: &'a Path,
    isolation: Isolation,
    limit: Duration,
    running: Option<Running>,
}

/// A worker that has been started.
struct Running {
    /// The child that it forked, while there is one. It ends first: what it leaves is then the worker's.
    child: Option<Group>,
    process: Child,
}

impl<'a> Worker<'a> {
    /// A worker whose jobs have `scratch` for working folder, home, and temporary folder, and may take `limit`
    /// each.
    pub fn new(start: Start, scratch: &'a Path, isolation: Isolation, limit: Duration) -> Self {
        Self { start, scratch, isolation, limit, running: None }
    }

    /// Does `job` and says what was seen.
    pub fn run(&mut self, job: &Job) -> Result<Seen, WorkerError> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running { child: None, process: self.start()? },
        };
        running.process.take_stderr();
        let started = Instant::now();
        // A broken pipe is the sign of a worker that is gone, which is seen at once when it is waited for.
        let _ = running.process.write(&job.words(self.limit));
        let watched = self.watch(&mut running, started + self.limit)?;
        let ms = started.elapsed().as_secs_f64() * 1000.0;
        let seen = match (watched.answer, watched.status) {
            (_, None) => Seen::outcome(Outcome::TimedOut, ms),
            // An answer counts when its process also ended as it should.
            (Some(answer), Some(status)) if status.success() => answer.into_seen(job.module(), ms),
            (_, Some(status)) => Seen::outcome(death(status, &running.process.take_stderr()), ms),
        };
        if watched.alive {
            self.running = Some(running);
        } else {
            drop(running);
            if self.isolation == Isolation::Fork {
                // What the job was doing when it took its worker along, it may be doing still.
                soabi_child::end_orphans();
            }
        }
        Ok(seen)
    }

    /// Watches one job until it is done, its process has ended, or its time is up.
    fn watch(&self, running: &mut Running, deadline: Instant) -> Result<Watched, WorkerError> {
        let Running { child, process } = running;
        let mut answer = None;
        loop {
            match process.next_event(deadline, true).map_err(|source| self.unread(source))? {
                Event::Line(line) => match Line::read(&line) {
                    Line::Started(pid) => *child = Some(Group::adopt(pid)),
                    Line::Free => {
                        return Ok(Watched { answer, status: Some(ExitStatus::default()), alive: true });
                    }
                    Line::Ended(status) => {
                        *child = None;
                        return Ok(Watched { answer, status: Some(status), alive: true });
                    }
                    Line::Answer(read) => answer = Some(read),
                    Line::Other => {}
                },
                Event::Ended(status) => return Ok(Watched { answer, status: Some(status), alive: false }),
                Event::TimedOut => {
                    let alive = child.take().is_some() && self.is_free_again(process)?;
                    return Ok(Watched { answer: None, status: None, alive });
                }
            }
        }
    }

    /// Whether the worker says that its child has ended, now that the child was killed.
    fn is_free_again(&self, process: &mut Child) -> Result<bool, WorkerError> {
        let deadline = Instant::now() + GRACE;
        while let Event::Line(line) =
            process.next_event(deadline, true).map_err(|source| self.unread(source))?
        {
            if let Line::Ended(_) = Line::read(&line) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn start(&self) -> Result<Child, WorkerError> {
        let mut command = Command::new(&self.start.program);
        command.args(&self.start.args).arg(self.isolation.as_str()).current_dir(self.scratch);
        command.env_clear().env("HOME", self.scratch).env("TMPDIR", self.scratch).env("LC_ALL", "C.UTF-8");
        for name in KEPT_VARIABLES {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        let mut child = Child::spawn(command.stdin(Stdio::piped()))
            .map_err(|source| WorkerError::Start { program: self.start.program.clone(), source })?;
        child.limit(Resource::Core, 0);
        child.limit(Resource::Fsize, LARGEST_FILE);
        let _ = child.write(&self.start.setup);
        let deadline = Instant::now() + self.limit + GRACE;
        loop {
            match child.next_event(deadline, true).map_err(|source| self.unread(source))? {
                Event::Line(line) if line.is_empty() => {}
                Event::Line(line) if line == b"ready" => return Ok(child),
                Event::Line(line) => return Err(self.garbage(&line)),
                Event::TimedOut => return Err(self.unread(io::ErrorKind::TimedOut.into())),
                Event::Ended(status) => {
                    let stderr = String::from_utf8_lossy(&child.take_stderr()).trim().to_owned();
                    return Err(WorkerError::Broken { program: self.start.program.clone(), status, stderr });
                }
            }
        }
    }

    fn unread(&self, source: io::Error) -> WorkerError {
        WorkerError::Read { program: self.start.program.clone(), source }
    }

    fn garbage(&self, line: &[u8]) -> WorkerError {
        let line = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
        WorkerError::Garbage { program: self.start.program.clone(), line }
    }
}

/// What came of watching a job.
struct Watched {
    answer: Option<Answer>,
    /// How its process ended; `None` when its time was up.
    status: Option<ExitStatus>,
    /// Whether the worker can take another job.
    alive: bool,
}

/// A line that a worker, or the child that it forked, wrote.
enum Line {
    /// There is a child.
    Started(i32),
    /// The job is done, and the child is there for the next.
    Free,
    /// The child has ended.
    Ended(ExitStatus),
    Answer(Answer),
    /// Empty, or written by a module that had found the descriptor.
    Other,
}

impl Line {
    fn read(line: &[u8]) -> Self {
        let number = |word: &str| std::str::from_utf8(line).ok()?.strip_prefix(word)?.parse().ok();
        if let Some(pid) = number("started ") {
            Self::Started(pid)
        } else if let Some(status) = number("ended ") {
            Self::Ended(ExitStatus::from_raw(status))
        } else if line == b"free" {
            Self::Free
        } else {
            serde_json::from_slice(line).map_or(Self::Other, Self::Answer)
        }
    }
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
