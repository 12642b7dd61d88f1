//! Every probe of the round trip sees the fault that it is there for, in every Python that has headers.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rstest::rstest;
use soabi_child::launch::Launcher;
use soabi_core::{Outcome, PyVersion};
use soabi_harness::import;
use soabi_harness::worker::{Conditions, Depth, Isolation, Job, Worker};
use soabi_python::Interpreter;

use crate::support::{fixture, interpreters};

/// The interpreters that something can be compiled for.
fn with_headers() -> Vec<&'static Interpreter> {
    let found: Vec<_> = interpreters().iter().filter(|python| python.facts.has_headers).collect();
    assert_ne!(found, [] as [&Interpreter; 0]);
    found
}

/// Builds the module with `fault` for `python` into `folder`.
fn build(fault: &str, python: &Interpreter, folder: &Path) {
    let includes = python.facts.include_dirs.iter().map(|dir| format!("-I{}", dir.display()));
    let status = Command::new("cc")
        .args(["-O1", "-fPIC", "-shared", "-w"])
        .args(includes)
        .arg(format!("-DFAULT_{fault}"))
        .arg(fixture("faulty.c"))
        .arg("-o")
        .arg(folder.join("spam.so"))
        .status()
        .unwrap();
    assert!(status.success());
}

fn probe(fault: &str, python: &Interpreter) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().canonicalize().unwrap().join("module");
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&dir).unwrap();
    std::fs::create_dir(&scratch).unwrap();
    build(fault, python, &dir);
    let conditions = Conditions {
        launcher: Launcher::new(env!("CARGO_BIN_EXE_soabi").into(), &soabi_loader::calls::ThisKernel),
        isolation: Isolation::Fork,
        limit: Duration::from_mins(1),
    };
    let mut worker = Worker::new(import::start(python), scratch, conditions);
    let version = PyVersion::new(3, 12);
    let job =
        Job::Import { module: "spam".to_owned(), dir, version, probes: Some("spam"), depth: Depth::Full };
    worker.run(&job).unwrap().outcome
}

#[rstest]
#[case("NO_DOC", "the-method-table")]
#[case("SILENT", "exit-0-and-text-with-spaces-and-quotes")]
#[case("EXIT_CODE_FOR_STATUS", "exit-3-and-text-that-is-not-ascii")]
#[case("STATUS_IS_CUT", "exit-255-after-100-kilobytes")]
#[case("SIGNAL_IS_LOST", "death-by-signal")]
#[case("ANY_NUMBER_OF_ARGUMENTS", "two-arguments")]
#[case("NONE_IS_TAKEN", "none")]
#[case("NUL_CUTS_SHORT", "an-embedded-nul")]
#[case("ARGUMENT_LEAKS", "ten-thousand-calls")]
#[case("RESULT_LEAKS", "ten-thousand-calls")]
#[case("REFUSAL_LEAKS", "ten-thousand-calls")]
fn a_fault_is_seen_by_its_probe(#[case] fault: &str, #[case] expected: &str) {
    for python in with_headers() {
        match probe(fault, python) {
            Outcome::Wrong { probe, message } => assert_eq!(probe, expected, "{}: {message}", python.id),
            other => panic!("{}: {other:?}", python.id),
        }
    }
}

/// The same module without a fault passes.
#[test]
fn without_a_fault_there_is_none() {
    for python in with_headers() {
        assert_eq!(probe("NONE_AT_ALL", python), Outcome::Accepted, "{}", python.id);
    }
}

/// A Python that counts what it is told to: each call of `leak` leaves two references, and counting
/// leaves five.
const COUNTS: &str = "
import sys, types
left = [100]
def total():
    left[0] += 5
    return left[0]
def leak():
    left[0] += 2
def fail():
    raise ValueError('no')
sys.gettotalrefcount = total
sys.getallocatedblocks = lambda: 7
module = types.ModuleType('counted')
vars(module).update(leak=leak, fail=fail)
sys.modules['counted'] = module
for expression in ['leak()', '1 + 1', 'fail()', 'leak(', '[leak(), leak()]']:
    print(left_by_calls('counted', expression, 100))
";

#[test]
fn what_calls_leave_is_counted() {
    let probe = include_str!("../crates/soabi-harness/src/import/probes/evidence.py");
    for python in interpreters() {
        let program = format!("{probe}\n{COUNTS}");
        let output = Command::new(&python.executable).args(["-c", &program]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 5, "{}: {}", python.id, String::from_utf8_lossy(&output.stderr));
        assert_eq!(lines[0], "200 references, 0 blocks", "{}", python.id);
        assert_eq!(lines[1], "0 references, 0 blocks", "{}", python.id);
        assert_eq!(lines[2], "the call fails: ValueError: no", "{}", python.id);
        assert!(lines[3].starts_with("the call fails: SyntaxError: "), "{}: {}", python.id, lines[3]);
        assert_eq!(lines[4], "400 references, 0 blocks", "{}", python.id);
    }
}
