//! The launcher: this program in a hidden mode, between soabi and a worker. It puts walls up around itself and
//! then becomes the worker.
//!
//! What has to be done between `fork` and `execve` is done here, by a process of its own with one thread, so that
//! no code of soabi's runs in a forked copy of it. There are three stages, as many as namespaces need:
//!
//! ```text
//! first    enters the namespaces; starts the second, which is the first process of the PID namespace, and ends as
//!          it does. Where there are no namespaces, it does the work of all three.
//! second   mounts. It becomes the worker; a worker that does its job itself it starts as the third, waits for it,
//!          and says how it ended: foreign code then has no parent that it could harm
//! third    limits, privileges, Landlock, system calls; it becomes the worker
//! ```
//!
//! When the process that started a stage ends, so does the stage.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde::{Deserialize, Serialize};

use crate::protocol::Notice;
use crate::remains;
use crate::walls::{self, Room, Walls};
use crate::watch::Kernel;

/// The argument that makes this program the launcher. It is followed by a [`Launch`] and the worker's command.
pub const LAUNCHER: &str = "__worker";

/// How a worker is launched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    stage: Stage,
    /// Whether the worker forks a child for each job.
    forks: bool,
    /// Whether there are walls. Limits there are in any case.
    walled: bool,
    room: Room,
    /// What the stages before put up.
    walls: Walls,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    First,
    Second,
    Third,
}

/// This program and the arguments that make it the launcher.
#[derive(Clone, Debug)]
pub struct Launcher {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// What hears the calls that workers try.
    pub kernel: &'static dyn Kernel,
}

impl Launcher {
    /// `program`, which gives what follows [`LAUNCHER`] on its command line to [`main`].
    pub fn new(program: PathBuf, kernel: &'static dyn Kernel) -> Self {
        Self { program, args: vec![LAUNCHER.into()], kernel }
    }

    /// The command for a worker that may write to `folder`, an empty one, and whose jobs may take `limit` each.
    /// The worker's own command is to be appended.
    pub fn command(&self, forks: bool, walled: bool, folder: &Path, limit: Duration) -> Command {
        let seconds = limit.as_secs().saturating_add(1);
        let room = Room { folder: folder.to_owned(), seconds, outside: Vec::new() };
        let walls = if walled { Walls::default() } else { Walls::none("not asked for") };
        let launch = Launch { stage: Stage::First, forks, walled, room, walls };
        let mut command = Command::new(&self.program);
        command.args(&self.args).arg(launch.word()).current_dir(folder);
        command
    }
}

/// Is the launcher. `args` follow [`LAUNCHER`]. It comes back only when the worker could not be started, or was
/// another process.
pub fn main(mut args: impl Iterator<Item = OsString>, kernel: &dyn Kernel) -> ExitCode {
    let launch = args.next().and_then(|word| serde_json::from_str(word.to_str()?).ok());
    let (Some(launch), Some(program)) = (launch, args.next()) else {
        return failed(&io::Error::other("this mode is for soabi itself"));
    };
    match launch_worker(launch, &program, &args.collect::<Vec<_>>(), kernel) {
        Ok(status) => end_like(status),
        Err(error) => failed(&error),
    }
}

fn failed(error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "the worker could not be started: {error}");
    ExitCode::from(126)
}

/// Ends as a process with this `status` did: soabi sees one and the same.
fn end_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal().and_then(rustix::process::Signal::from_named_raw) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
    }
    ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(126))
}

fn launch_worker(
    mut launch: Launch,
    program: &OsStr,
    args: &[OsString],
    kernel: &dyn Kernel,
) -> io::Result<ExitStatus> {
    end_with_the_parent();
    launch.room.folder = std::env::current_dir()?;
    if launch.stage == Stage::First && launch.walled && launch.enter_namespaces() {
        launch.stage = Stage::Second;
        return launch.next(program, args)?.wait();
    }
    if launch.stage == Stage::Second {
        launch.mount();
    }
    if !launch.forks && launch.stage != Stage::Third {
        adopt();
        let mut third = Launch { stage: Stage::Third, ..launch.clone() };
        third.room.outside = outside();
        let status = third.next(program, args)?.wait()?;
        let ended = Notice::Ended(status, remains::end(&launch.folders()));
        control()?.write_all(&ended.line())?;
        return Ok(ExitStatus::default());
    }
    if launch.forks {
        adopt();
        launch.room.outside = outside();
    } else {
        // In a session of its own it can join no group of soabi's. A worker that forks does this in its children.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setsid();
    }
    walls::limit(&launch.room, &mut launch.walls);
    let listener = launch.close(kernel);
    end_with_the_parent();
    tell(&Notice::Walls(launch.walls.clone()), listener.as_ref())?;
    drop(listener);
    let folders = launch.folders();
    Err(Command::new(program).args(args).args(folders).current_dir(&launch.room.folder).exec())
}

impl Launch {
    fn word(&self) -> OsString {
        // Numbers, names and texts have a form in JSON; an empty word would be refused.
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// The next stage, as a child.
    fn next(&self, program: &OsStr, args: &[OsString]) -> io::Result<std::process::Child> {
        // By this name also where its file was replaced.
        let linux = cfg!(target_os = "linux").then(|| "/proc/self/exe".into());
        let mut command = Command::new(linux.map_or_else(std::env::current_exe, Ok)?);
        command.arg(LAUNCHER).arg(self.word()).arg(program).args(args);
        // What is mounted there is another folder than this process has for its own.
        command.current_dir(&self.room.folder).spawn()
    }

    /// The folders that a job may write to, which are empty before and after.
    fn folders(&self) -> Vec<PathBuf> {
        let shared = walls::shared_memory(&self.walls).map(Path::to_owned);
        std::iter::once(self.room.folder.clone()).chain(shared).collect()
    }

    #[cfg(target_os = "linux")]
    fn enter_namespaces(&mut self) -> bool {
        walls::enter_namespaces(&mut self.walls) == walls::Entered::All
    }

    #[cfg(target_os = "linux")]
    fn mount(&mut self) {
        walls::mount(&self.room, &mut self.walls);
    }

    #[cfg(target_os = "linux")]
    fn close(&mut self, kernel: &dyn Kernel) -> Option<OwnedFd> {
        if self.walled { walls::close(&self.room, &mut self.walls, kernel) } else { None }
    }

    #[cfg(not(target_os = "linux"))]
    fn enter_namespaces(&mut self) -> bool {
        self.walls = Walls::none("not available on this system");
        false
    }

    #[cfg(not(target_os = "linux"))]
    fn mount(&mut self) {}

    #[cfg(not(target_os = "linux"))]
    fn close(&mut self, _: &dyn Kernel) -> Option<OwnedFd> {
        None
    }
}

/// The control socket.
fn control() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Says something on the control socket, and hands the listener over with it.
fn tell(notice: &Notice, listener: Option<&OwnedFd>) -> io::Result<()> {
    let mut room = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut room);
    let handed_over: Vec<_> = listener.map(AsFd::as_fd).into_iter().collect();
    if !handed_over.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(&handed_over));
    }
    let line = notice.line();
    let sent = sendmsg(io::stdin(), &[IoSlice::new(&line)], &mut ancillary, SendFlags::empty())?;
    control()?.write_all(&line[sent..])
}

/// This process and its parent, as they are numbered here.
fn outside() -> Vec<i32> {
    let own = rustix::process::getpid();
    std::iter::once(own).chain(rustix::process::getppid()).map(rustix::process::Pid::as_raw_pid).collect()
}

/// What children of this process leave behind is then its own child. It stays so when it becomes the worker.
fn adopt() {
    crate::adopt_orphans();
}

/// No life after the parent's, where the system knows such a thing.
fn end_with_the_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}
