//! The import worker by itself, spoken to as soabi speaks to it: who does a job, and what he leaves to the next.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use soabi_harness::import;
use tempfile::TempDir;

use crate::isolation::{HOSTILE, is_running};
use crate::support::interpreters;

/// A module that no interpreter has.
const NOBODY: &str = "nobody_has_this";

struct Worker {
    process: Child,
    lines: BufReader<ChildStdout>,
    /// Who has the next job, if it is no new child.
    child: Option<u32>,
}

/// What became of a job.
#[derive(Debug)]
struct Done {
    /// Who did it.
    by: u32,
    answer: String,
    /// The wait status, of one who did not stay.
    ended: Option<i32>,
}

impl Done {
    /// Asserts that there was nothing to import, and returns who found that.
    fn stays(&self) -> u32 {
        assert!(self.answer.contains(NOBODY) && self.answer.contains(r#""step": "import""#), "{self:?}");
        assert_eq!(self.ended, None, "{self:?}");
        self.by
    }
}

impl Worker {
    fn new(python: &Path, folder: &Path) -> Self {
        let start = import::start(python);
        let mut process = Command::new(start.program)
            .args(start.args)
            .arg("fork")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        process.stdin.as_mut().unwrap().write_all(&start.setup).unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        let mut worker = Self { process, lines, child: None };
        assert_eq!(worker.line(), "ready");
        worker
    }

    /// The next line that is not empty.
    fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the worker has nothing more to say");
            if line != "\n" {
                return line.trim_end().to_owned();
            }
        }
    }

    fn import(&mut self, module: &str, folder: &Path) -> Done {
        let job = format!("import\0{module}\0{}\0\0brief\09\0", folder.display());
        self.process.stdin.as_mut().unwrap().write_all(job.as_bytes()).unwrap();
        let mut answer = String::new();
        loop {
            let line = self.line();
            if let Some(pid) = line.strip_prefix("started ") {
                assert_eq!(self.child.replace(pid.parse().unwrap()), None, "there was a child already");
            } else if line == "free" {
                return Done { by: self.child.unwrap(), answer, ended: None };
            } else if let Some(status) = line.strip_prefix("ended ") {
                return Done { by: self.child.take().unwrap(), answer, ended: status.parse().ok() };
            } else {
                answer = line;
            }
        }
    }
}

/// Runs `test` in every interpreter, with an empty folder. In the working folder lies what somebody's module
/// may have left there; it is never found.
fn check(test: impl Fn(&mut Worker, &Path)) {
    for python in interpreters() {
        let (working, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(working.path().join(format!("{NOBODY}.py")), "").unwrap();
        test(&mut Worker::new(&python.executable, working.path()), empty.path());
    }
}

/// A folder with a module of `hostile.c` in it, and its name.
fn hostile(behavior: &str) -> (TempDir, &str) {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = format!("{behavior}.so").into();
    fs::copy(HOSTILE.folder.path().join(&file), folder.path().join(&file)).unwrap();
    (folder, behavior)
}

#[test]
fn a_child_stays_until_there_is_something_to_import() {
    check(|worker, empty| {
        let first = worker.import(NOBODY, empty).stays();
        assert_eq!(worker.import(NOBODY, empty).stays(), first);
        let (folder, crash) = hostile("crash");
        let crashed = worker.import(crash, folder.path());
        assert_eq!((crashed.by, crashed.ended), (first, Some(11)), "what finds a file ends with it");
        let second = worker.import(NOBODY, empty).stays();
        assert_ne!(second, first);
        let (folder, leave) = hostile("leave");
        assert_eq!(worker.import(leave, folder.path()).by, second);
        let (folder, flood) = hostile("flood");
        let flood = worker.import(flood, folder.path());
        assert!(flood.by != second && flood.ended == Some(0), "also who found it as the first thing");
    });
}

/// They change the process that imports them, whoever wrote them: a file of the standard library, what is built
/// in, and what is there already.
#[test]
fn who_imports_what_comes_with_the_interpreter_does_not_stay() {
    check(|worker, empty| {
        for module in ["this", "zipimport", "sys", "os", "__future__"] {
            let done = worker.import(module, empty);
            assert_eq!(done.ended, Some(0), "{module}: {done:?}");
            assert_ne!(worker.import(NOBODY, empty).by, done.by);
        }
    });
}

/// Neither the folder of a job nor what was seen in it is known to the next.
#[test]
fn the_next_job_does_not_see_the_folder_of_the_last() {
    check(|worker, empty| {
        let first = worker.import(NOBODY, empty).stays();
        let (folder, leave) = hostile("leave");
        let other = folder.path().join("other");
        fs::create_dir(&other).unwrap();
        assert_eq!(worker.import(NOBODY, folder.path()).stays(), first);
        let unseen = worker.import(leave, &other);
        assert_eq!((unseen.by, unseen.ended), (first, None), "{unseen:?}");
        // And the file that came after the folder had been looked at is found.
        let (came, _) = hostile(leave);
        fs::rename(came.path().join("leave.so"), other.join("leave.so")).unwrap();
        assert_eq!(worker.import(leave, &other).ended, Some(7 << 8));
    });
}

/// Also a child that waits for a job sees that there are no more.
#[test]
fn with_the_last_job_all_end() {
    check(|worker, empty| {
        let child = worker.import(NOBODY, empty).stays();
        drop(worker.process.stdin.take());
        assert!(worker.process.wait().unwrap().success());
        assert!(!is_running(child), "{child} lives on");
    });
}
