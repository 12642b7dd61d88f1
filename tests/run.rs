//! The run of a plan: each cell is reported as it ends, and what goes wrong in one costs no other.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use soabi_child::launch::Launcher;
use soabi_core::{Outcome, Rung};
use soabi_harness::load::Loader;
use soabi_harness::plan::plan;
use soabi_harness::run::{self, Known, Options, Probes, Ran, Sink};
use soabi_harness::subject::Subject;
use soabi_harness::worker::{Isolation, Seen};

use crate::isolation::HOSTILE;
use crate::support::{fixture, interpreters};

/// Runs the import cells of `files` in the newest interpreter, one at a time.
fn run(files: &[&Path], known: &Known, sink: &Sink<'_>) -> Ran {
    run_on(Rung::Import, files, known, sink)
}

fn run_on(rung: Rung, files: &[&Path], known: &Known, sink: &Sink<'_>) -> Ran {
    let subjects: Vec<_> = files.iter().map(|file| Subject::given(file).unwrap()).collect();
    let python = interpreters().last().unwrap();
    let cells = plan(&subjects, &[python.id], &[rung]);
    assert_eq!(cells.len(), files.len());
    let scratch = tempfile::tempdir().unwrap();
    let soabi = env!("CARGO_BIN_EXE_soabi");
    let options = Options {
        jobs: 1,
        limit: Duration::from_secs(20),
        isolation: Isolation::Fork,
        probes: None,
        asked: Probes::default(),
        launcher: Launcher::new(soabi.into(), &soabi_loader::calls::ThisKernel),
        loader: Loader { program: soabi.into(), args: vec!["__load".into()] },
        scratch: scratch.path().to_owned(),
        dependencies: BTreeMap::new(),
        calls: None,
    };
    run::run(&cells, &subjects, std::slice::from_ref(python), &options, known, sink).unwrap()
}

fn outcomes(ran: &Ran) -> Vec<&'static str> {
    ran.cells.iter().map(|seen| seen.outcome.kind().as_str()).collect()
}

#[test]
fn a_file_that_cannot_be_read_is_a_row_that_was_not_run() {
    let (quiet, missing) = (HOSTILE.module("quiet"), HOSTILE.folder.path().join("missing.so"));
    let ran = run(
        &[&missing, HOSTILE.folder.path().join("folder.so").as_path(), &quiet],
        &Known::new(),
        &|_, _| ControlFlow::Continue(()),
    );
    assert_eq!(outcomes(&ran), ["not-run", "not-run", "refused"]);
    let Outcome::NotRun { why } = &ran.cells[0].outcome else { panic!("{:?}", ran.cells[0]) };
    assert!(why.starts_with("the file cannot be read: "), "{why}");
}

#[test]
fn a_cell_that_is_known_is_not_run_and_the_others_are_reported_once() {
    let files = ["crash", "quiet", "leave"].map(|behavior| HOSTILE.module(behavior));
    let known = Known::from([(0, Seen::outcome(Outcome::TimedOut, 1.0))]);
    let reported = Mutex::new(Vec::new());
    let sink = |cell: usize, seen: &Seen| {
        reported.lock().unwrap().push((cell, seen.outcome.kind().as_str()));
        ControlFlow::Continue(())
    };
    let ran = run(&files.each_ref().map(PathBuf::as_path), &known, &sink);
    assert_eq!(outcomes(&ran), ["timed-out", "refused", "vanished"]);
    assert_eq!(*reported.lock().unwrap(), [(1, "refused"), (2, "vanished")]);
    assert!(ran.walls.is_some() && ran.errors.is_empty(), "{:?}", ran.errors);
}

#[test]
fn a_panic_costs_its_own_cell() {
    let files = ["crash", "quiet", "leave"].map(|behavior| HOSTILE.module(behavior));
    let sink = |cell: usize, _: &Seen| {
        assert_ne!(cell, 1, "this cell is not wanted");
        ControlFlow::Continue(())
    };
    let ran = run(&files.each_ref().map(PathBuf::as_path), &Known::new(), &sink);
    assert_eq!(outcomes(&ran), ["crashed", "not-run", "vanished"]);
    assert!(ran.errors[0].contains("this cell is not wanted"), "{:?}", ran.errors);
}

#[test]
fn after_a_break_nothing_is_begun() {
    let files = ["crash", "quiet", "leave"].map(|behavior| HOSTILE.module(behavior));
    let sink = |_: usize, seen: &Seen| match seen.outcome {
        Outcome::Crashed { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let ran = run(&files.each_ref().map(PathBuf::as_path), &Known::new(), &sink);
    assert_eq!(outcomes(&ran), ["crashed", "not-run", "not-run"]);
    let Outcome::NotRun { why } = &ran.cells[1].outcome else { panic!("{:?}", ran.cells[1]) };
    assert_eq!(why, "the run ended before this cell");
    assert!(ran.walls.is_some() && ran.errors.is_empty(), "{:?}", ran.errors);
}

/// On the rung `load` the interpreter's library is open and no interpreter runs. What needs one is asked about where one
/// does.
#[test]
fn a_constructor_may_ask_the_interpreter() {
    let folder = tempfile::tempdir().unwrap();
    let module = |name: &str, flag: &str| {
        let file = folder.path().join(name).join("constructor.so");
        fs::create_dir(file.parent().unwrap()).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-fPIC", "-shared", flag, "-o"]).arg(&file).arg(fixture("constructor.c"));
        assert!(cc.status().unwrap().success());
        file
    };
    let load = |file: &Path| {
        let ran = run_on(Rung::Load, &[file], &Known::new(), &|_, _| ControlFlow::Continue(()));
        outcomes(&ran)[0]
    };
    assert_eq!(load(&module("asks", "-DASKS")), "accepted");
    assert_eq!(load(&module("crashes", "-DCRASHES")), "crashed");
}
