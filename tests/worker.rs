//! The import worker by itself, spoken to as soabi speaks to it: which process does a job, and what it leaves to the
//! next.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use soabi_child::launch::Launcher;
use soabi_child::protocol::{Answers, Notice, Remains};
use soabi_core::{OutcomeKind, PyVersion};
use soabi_harness::foreign::placed::Distribution;
use soabi_harness::import;
use soabi_harness::worker::{self, Conditions, Depth, Isolation, Place};
use soabi_loader::calls::ThisKernel;
use soabi_python::Interpreter;
use tempfile::TempDir;

use crate::isolation::{HOSTILE, children, is_running};
use crate::support::interpreters;

/// A module that no interpreter has.
const MISSING: &str = "no_python_has_this";

/// A worker without walls, which is told apart from its children by their numbers.
struct Worker {
    process: Child,
    control: Option<UnixStream>,
    notices: BufReader<UnixStream>,
    answers: Answers,
}

/// What became of a job.
#[derive(Debug)]
struct Done {
    answer: String,
    /// The wait status of its process, and what it left behind; `None` of one that stayed.
    ended: Option<(i32, Remains)>,
}

impl Done {
    /// The wait status.
    fn status(&self) -> Option<i32> {
        self.ended.map(|(status, _)| status)
    }

    /// Asserts that there was nothing to import.
    fn stays(&self) {
        assert!(self.answer.contains(MISSING) && self.answer.contains(r#""step": "import""#), "{self:?}");
        assert_eq!(self.ended, None, "{self:?}");
    }
}

impl Worker {
    fn new(python: &Interpreter, folder: &Path) -> Self {
        let start = import::start(python);
        let (ours, theirs) = UnixStream::pair().unwrap();
        let answers = Answers::new().unwrap();
        let process = Command::new(start.program)
            .args(start.args)
            .arg("fork")
            .arg(folder)
            .current_dir(folder)
            .stdin(OwnedFd::from(theirs))
            .stdout(answers.for_worker().unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let notices = BufReader::new(ours.try_clone().unwrap());
        let mut worker = Self { process, control: Some(ours), notices, answers };
        worker.send(&start.setup);
        assert_eq!(worker.notice(), Notice::Ready(3));
        worker
    }

    fn send(&mut self, bytes: &[u8]) {
        self.control.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn notice(&mut self) -> Notice {
        let mut line = String::new();
        assert_ne!(self.notices.read_line(&mut line).unwrap(), 0, "the worker has ended");
        Notice::read(line.trim_end().as_bytes()).unwrap()
    }

    /// The child that waits for the next job.
    fn child(&self) -> Option<u32> {
        children(self.process.id()).first().copied()
    }

    fn import(&mut self, module: &str, folder: &Path) -> Done {
        self.answers.clear().unwrap();
        self.send(format!("key\0import\0{module}\0{}\0\0brief\0\09\0", folder.display()).as_bytes());
        let ended = match self.notice() {
            Notice::Free => None,
            Notice::Ended(status, remains) => Some((status.into_raw(), remains)),
            other => panic!("{other:?}"),
        };
        let answer = self.answers.take("key").unwrap().pop().unwrap_or_default();
        Done { answer: String::from_utf8(answer).unwrap(), ended }
    }
}

/// Runs `test` in every interpreter, with an empty folder. In the working folder lies what somebody's module
/// may have left there; it is never found.
fn check(test: impl Fn(&mut Worker, &Path)) {
    for python in interpreters() {
        let (working, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::set_permissions(&working, Permissions::from_mode(0o700)).unwrap();
        fs::write(working.path().join(format!("{MISSING}.py")), "").unwrap();
        test(&mut Worker::new(python, working.path()), empty.path());
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
        worker.import(MISSING, empty).stays();
        let first = worker.child();
        worker.import(MISSING, empty).stays();
        assert_eq!(worker.child(), first);
        let (folder, crash) = hostile("crash");
        assert_eq!(worker.import(crash, folder.path()).status(), Some(11));
        assert_eq!(worker.child(), None, "what finds a file ends with it");
        worker.import(MISSING, empty).stays();
        assert_ne!(worker.child(), first);
        let (folder, leave) = hostile("leave");
        worker.import(leave, folder.path());
        let (folder, flood) = hostile("flood");
        assert_eq!(worker.import(flood, folder.path()).status(), Some(0), "also of a child that is new");
        assert_eq!(worker.child(), None);
    });
}

/// They change the process that imports them: a file of the standard library, what is built in, and what is there
/// already.
#[test]
fn a_child_that_imports_what_comes_with_the_interpreter_does_not_stay() {
    check(|worker, empty| {
        for module in ["this", "zipimport", "sys", "os", "__future__"] {
            let done = worker.import(module, empty);
            assert_eq!(done.status(), Some(0), "{module}: {done:?}");
            assert_eq!(worker.child(), None, "{module}");
        }
    });
}

/// Neither the folder of a job nor what was seen in it is known to the next.
#[test]
fn the_next_job_does_not_see_the_folder_of_the_last() {
    check(|worker, empty| {
        worker.import(MISSING, empty).stays();
        let first = worker.child();
        let (folder, leave) = hostile("leave");
        let other = folder.path().join("other");
        fs::create_dir(&other).unwrap();
        worker.import(MISSING, folder.path()).stays();
        let unseen = worker.import(leave, &other);
        assert_eq!((worker.child(), unseen.status()), (first, None), "{unseen:?}");
        // And the file that came after the folder had been looked at is found.
        let (came, _) = hostile(leave);
        fs::rename(came.path().join("leave.so"), other.join("leave.so")).unwrap();
        assert_eq!(worker.import(leave, &other).status(), Some(7 << 8));
    });
}

/// A child that waits for a job sees that there are no more, and so does the worker.
#[test]
fn with_the_last_job_all_end() {
    check(|worker, empty| {
        worker.import(MISSING, empty).stays();
        let child = worker.child().unwrap();
        worker.control.take().unwrap().shutdown(std::net::Shutdown::Write).unwrap();
        assert!(worker.process.wait().unwrap().success());
        assert!(!is_running(child), "{child} lives on");
    });
}

/// Without a PID namespace and without soabi above it, the worker adopts nothing: what left the group of a job is
/// another's child. What it can see, it says: a file.
#[test]
fn a_file_that_is_left_behind_is_reported() {
    check(|worker, empty| {
        let (folder, litter) = hostile("litters");
        let (_, remains) = worker.import(litter, folder.path()).ended.unwrap();
        assert_eq!(remains, Remains { processes: 0, files: 2, sound: false });
        worker.import(MISSING, empty).stays();
    });
}

/// A message of many megabytes, and one that is six times as long in JSON, are cut and not lost.
#[test]
fn a_long_message_is_cut() {
    check(|worker, _| {
        let folder = tempfile::tempdir().unwrap();
        for (message, length) in [("'A' * (80 << 20)", 80 << 20), (r"'\n' * 200000", 200_000)] {
            fs::write(folder.path().join("talker.py"), format!("raise ImportError({message})")).unwrap();
            let done = worker.import("talker", folder.path());
            assert_eq!(done.status(), Some(0));
            assert!(done.answer.contains(&format!("... ({length} characters in all)")));
        }
    });
}

/// What is refused in a package is refused alone, where the package has no threads, which a child would lack. What is
/// accepted is accepted.
#[rstest]
#[case::alone("", true)]
#[case::with_a_thread(
    "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()",
    false
)]
fn a_refusal_in_a_package_is_believed_where_it_has_one_thread(
    #[case] source: &str,
    #[case] is_believed: bool,
) {
    for python in [&interpreters()[0], interpreters().last().unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().canonicalize().unwrap();
        fs::create_dir(site.join("pkg")).unwrap();
        fs::write(site.join("pkg/__init__.py"), source).unwrap();
        let file = site.join("pkg/bad.so");
        fs::write(&file, "no library").unwrap();
        let top_level = vec!["pkg".to_owned()];
        let (name, site) = ("pkg".to_owned(), site.clone());
        let distribution =
            Distribution { name, site: site.clone(), top_level, wheel: None, archive: None, named: vec![] };
        let distribution = Arc::new(distribution);
        let place = |module: &str, file| Place {
            module: module.to_owned(),
            file,
            distribution: distribution.clone(),
            path: vec![site.clone()],
            version: PyVersion::new(3, 12),
            depth: Depth::Brief,
            calls: None,
        };
        let launcher = Launcher::new(env!("CARGO_BIN_EXE_soabi").into(), &ThisKernel);
        let conditions = Conditions { launcher, isolation: Isolation::Fork, limit: Duration::from_secs(20) };
        let scratch = tempfile::tempdir().unwrap();
        let mut worker = worker::Worker::new(import::start(python), scratch.path().join("w"), conditions);
        let seen = worker.run_family(place("pkg", None), vec![place("pkg.bad", Some(file))]).unwrap();
        let outcomes: Vec<_> =
            seen.iter().map(|seen| seen.as_ref().map(|seen| seen.outcome.kind())).collect();
        let refused = is_believed.then_some(OutcomeKind::Refused);
        assert_eq!(outcomes, [Some(OutcomeKind::Accepted), refused], "{} {seen:?}", python.id);
    }
}
