//! The worker protocol, version 3: how soabi gives jobs to a worker, and how it learns what became of them.
//!
//! A worker is a process that stays warm and forks a child for each job, or does one job itself. There are two
//! workers, `soabi-harness/src/import/worker.py` and `soabi-loader`; both are started through [`crate::launch`],
//! which speaks the first and, for a worker that does its job itself, the last line.
//!
//! Three descriptors connect the two sides:
//!
//! | descriptor | what it is | who holds it |
//! |---|---|---|
//! | 0 | the control socket: a Unix stream socket pair, both directions | soabi, launcher, worker. It is closed before code of the module under test can run |
//! | 1 | the answer file: a file without a name | soabi, worker, and the process that runs the module |
//! | 2 | stderr: a pipe, kept as the last words of a process that crashes | everybody |
//!
//! **soabi to worker**, on the control socket: words, each with a NUL behind it. First the setup, which is up to
//! the worker; then jobs of eight words, one at a time:
//!
//! ```text
//! KEY RUNG MODULE PATH ASK DEPTH CALLS LIMIT
//!     import    the folder, the probe group or nothing, "brief", "full" or "thorough"
//!     placed    the folders on the path, a newline between them; the module's file or nothing; as import;
//!               how many calls and, behind a newline, what is called, or nothing
//!     family    the folders on the path; the modules, a line for each: name, tab, file; nothing
//!     test      a folder of programs and those on the path; the command for a shell; where it is run
//!     load      the file, the init symbols with spaces between, nothing
//! ```
//!
//! **Worker to soabi**, on the control socket: lines, which are [`Notice`]s.
//!
//! ```text
//! walls JSON                        from the launcher: the walls that are up; the descriptor that hears what the job
//!                                   tries comes with it ([`crate::watch`])
//! ready VERSION                     the worker takes jobs
//! free                              the job ran nothing of the module: its process takes the next job
//! ended STATUS PROCESSES FILES SOUND
//!                                   the job's process has ended with this wait status; so many processes and
//!                                   files it left behind. SOUND is 1 when nothing of them is left, so that
//!                                   the worker can take another job, else 0
//! ```
//!
//! **The job's process to soabi**, in the answer file: on a line of its own `KEY`, a blank, the answer as JSON; of a
//! family a line for the package and one for each module. A newline stands before the line as well, so that nothing that
//! others write there can be the beginning of it. soabi reads the file when the job has ended, and empties it before
//! the next.
//!
//! # What a module can forge
//!
//! The answer about itself: it shares the process that gives the answer, so it can find the key there, and no
//! design changes that. It cannot write on the control socket: no process that runs it has that descriptor, and a
//! socket, unlike a pipe, cannot be opened again through `/proc`. So it cannot say how a process ended, nor
//! anything about another job: the key of a job is made when the job begins, and what an earlier job left behind
//! has been killed by then.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;

use serde::{Deserialize, Serialize};

use crate::walls::Walls;

/// The version of the protocol.
pub const VERSION: u32 = 3;

/// The words of a job.
pub const JOB_WORDS: usize = 8;

/// The longest answer, in bytes. A worker shortens what a module says long before that.
pub const LONGEST_ANSWER: u64 = 1 << 20;

/// Each of `words` with a NUL behind it.
pub fn words<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend_from_slice(word.as_ref());
        bytes.push(0);
    }
    bytes
}

/// A key for one job: 128 random bits as text.
pub fn new_key() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// What a job left behind when its process ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Processes that were still running.
    pub processes: u32,
    /// Files and folders in the folders that are the job's own.
    pub files: u32,
    /// Whether nothing of it is left.
    pub sound: bool,
}

/// A line of the control socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The walls that are up.
    Walls(Walls),
    /// The worker takes jobs, and speaks this version.
    Ready(u32),
    /// The job is done, and its process takes the next.
    Free,
    /// The process of the job has ended.
    Ended(ExitStatus, Remains),
}

impl Notice {
    /// Reads a line, without its newline. `None` when it is not one of the protocol.
    pub fn read(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        match name {
            "walls" => serde_json::from_str(rest).ok().map(Self::Walls),
            "ready" => rest.parse().ok().map(Self::Ready),
            "free" if rest.is_empty() => Some(Self::Free),
            "ended" => {
                let mut numbers = rest.split(' ').map(|word| word.parse::<u32>().ok());
                let mut number = || numbers.next().flatten();
                let status = ExitStatus::from_raw(i32::try_from(number()?).ok()?);
                let (processes, files, sound) = (number()?, number()?, number()? == 1);
                Some(Self::Ended(status, Remains { processes, files, sound }))
            }
            _ => None,
        }
    }

    /// The line, with its newline.
    pub fn line(&self) -> Vec<u8> {
        let line = match self {
            Self::Walls(walls) => {
                // A map of names to texts always has a form in JSON.
                format!("walls {}\n", serde_json::to_string(walls).unwrap_or_default())
            }
            Self::Ready(version) => format!("ready {version}\n"),
            Self::Free => "free\n".to_owned(),
            Self::Ended(status, Remains { processes, files, sound }) => {
                format!("ended {} {processes} {files} {}\n", status.into_raw(), u8::from(*sound))
            }
        };
        line.into_bytes()
    }
}

/// The answer file of a worker, seen from soabi.
#[derive(Debug)]
pub struct Answers(File);

impl Answers {
    /// An empty file without a name.
    pub fn new() -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        // Without `ALLOW_SEALING`, so that no module can seal it against the next answer.
        let file = rustix::fs::memfd_create("answer", rustix::fs::MemfdFlags::CLOEXEC).map(File::from)?;
        #[cfg(not(target_os = "linux"))]
        let file = tempfile::tempfile()?;
        Ok(Self(file))
    }

    /// The same file, for the worker.
    pub fn for_worker(&self) -> io::Result<File> {
        self.0.try_clone()
    }

    /// Empties the file, for a job that is about to begin.
    pub fn clear(&mut self) -> io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()
    }

    /// The answers that were given under `key`, each a whole line: one, or of a job that consists of several questions
    /// as many as were answered. What else stands in the file is not soabi's: a process that a module left behind may
    /// have written there in the meantime.
    pub fn take(&mut self, key: &str) -> io::Result<Vec<Vec<u8>>> {
        let mut bytes = Vec::new();
        self.0.seek(SeekFrom::Start(0))?;
        (&self.0).take(LONGEST_ANSWER).read_to_end(&mut bytes)?;
        let lines = bytes.split_inclusive(|&byte| byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
        let answer = |line: &[u8]| Some(line.strip_prefix(key.as_bytes())?.strip_prefix(b" ")?.to_vec());
        Ok(lines.filter_map(answer).collect())
    }
}

/// What is to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadRequest {
    /// The artifact.
    pub path: PathBuf,
    /// The init symbols that the interpreter would look for, in its order.
    pub symbols: Vec<String>,
}

/// The steps of the `load` rung, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadStep {
    /// The interpreter's own library is opened, `RTLD_NOW | RTLD_GLOBAL`. It comes first: the data symbols of a
    /// module (`_Py_NoneStruct`) are bound when it is opened, however lazily.
    Libpython,
    /// The artifact is opened, `RTLD_NOW | RTLD_LOCAL`.
    Artifact,
    /// The init symbol is looked up in the artifact.
    Symbol,
}

/// The answer of the `load` rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LoadAnswer {
    /// Every step was taken.
    Accepted {
        /// The init symbol that was found.
        symbol: String,
    },
    /// A step was refused.
    NotLoaded {
        /// Which one.
        step: LoadStep,
        /// The dynamic linker's own words.
        message: String,
    },
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let remains = Remains { processes: 2, files: 1, sound: false };
        for notice in [
            Notice::Walls(Walls::default()),
            Notice::Ready(VERSION),
            Notice::Free,
            Notice::Ended(ExitStatus::from_raw(11), remains),
            Notice::Ended(ExitStatus::from_raw(7 << 8), Remains { sound: true, ..Remains::default() }),
        ] {
            let line = notice.line();
            assert_eq!(Notice::read(line.strip_suffix(b"\n").unwrap()), Some(notice));
        }
    }

    #[test]
    fn other_lines_are_no_notices() {
        for line in ["", "ended", "ended 0", "ended 0 0 0", "ended -1 0 0 1", "free 1", "started 1", "walls"]
        {
            assert_eq!(Notice::read(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn an_answer_counts_under_its_key_only() {
        let mut answers = Answers::new().unwrap();
        let mut worker = answers.for_worker().unwrap();
        assert_ne!(new_key().unwrap(), new_key().unwrap());
        worker.write_all(b"key1 {\"kind\": 1}\nmore").unwrap();
        assert_eq!(answers.take("key1").unwrap(), [b"{\"kind\": 1}"]);
        assert!(answers.take("key2").unwrap().is_empty());
        answers.clear().unwrap();
        assert!(answers.take("key1").unwrap().is_empty());
        worker.write_all(b"key2 cut").unwrap();
        assert!(answers.take("key2").unwrap().is_empty(), "an answer ends with a newline");
    }

    #[test]
    fn what_others_write_between_the_answers_is_passed_over() {
        let mut answers = Answers::new().unwrap();
        let lines = b"free\n\nkey 1\n\nkey 2\n\0\0 key 3\nother 4\n\nkey 5\nkey 6";
        answers.for_worker().unwrap().write_all(lines).unwrap();
        assert_eq!(answers.take("key").unwrap(), [b"1", b"2", b"5"]);
    }

    #[test]
    fn an_answer_without_end_costs_no_more_than_the_longest() {
        let mut answers = Answers::new().unwrap();
        answers.for_worker().unwrap().set_len(1 << 33).unwrap();
        assert!(answers.take("key").unwrap().is_empty());
    }
}
