//! A cell spoils only itself, whatever the module does; and a fresh process for every cell sees the same.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rstest::rstest;
use soabi_core::OutcomeKind;
use soabi_core::{AbiTag, Gate, Rung};
use soabi_report::matrix::{CellEntry, MatrixReport};
use tempfile::TempDir;

use crate::support::{Soabi, fixture, pythons};

/// What the modules of `hostile.c` do.
const BEHAVIORS: [&str; 9] =
    ["aborts", "closefds", "crash", "eavesdrops", "flood", "forks", "hang", "leave", PATRICIDE];

/// Kills whoever started it. In a fresh process that is soabi itself, which nothing short of another user could
/// prevent; so it is tried where a worker stands between.
const PATRICIDE: &str = "patricide";

/// The hostile modules, built once, and the file that the forked grandchild would make.
pub(crate) struct Hostile {
    pub(crate) folder: TempDir,
}

impl Hostile {
    fn mark(&self) -> PathBuf {
        self.folder.path().join("the-grandchild-lived-on")
    }
}

pub(crate) static HOSTILE: LazyLock<Hostile> = LazyLock::new(|| {
    let hostile = Hostile { folder: tempfile::tempdir().unwrap() };
    for behavior in BEHAVIORS {
        let output = hostile.folder.path().join(format!("{behavior}.so"));
        let status = Command::new("cc")
            .args(["-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-w"])
            .arg(format!("-DBEHAVIOR={behavior}"))
            .arg(format!("-DMARK=\"{}\"", hostile.mark().display()))
            .arg(fixture("hostile.c"))
            .arg("-o")
            .arg(&output)
            .status()
            .unwrap();
        assert!(status.success());
    }
    hostile
});

/// All behaviors in all interpreters, once with forked children and once with a fresh process for every cell.
fn run(isolation: &str) -> MatrixReport {
    let behaviors = BEHAVIORS.iter().filter(|behavior| isolation == "fork" || **behavior != PATRICIDE);
    let artifacts = behaviors.map(|behavior| HOSTILE.folder.path().join(format!("{behavior}.so")));
    let output = Soabi::with_the_required()
        .args(["matrix", "--rung", "import", "--format", "json", "--time-limit", "4"])
        .args(["--isolation", isolation])
        .args(artifacts)
        .run();
    output.json()
}

static FORKED: LazyLock<MatrixReport> = LazyLock::new(|| run("fork"));
static FRESH: LazyLock<MatrixReport> = LazyLock::new(|| run("process"));

fn cell<'a>(report: &'a MatrixReport, behavior: &str, python: AbiTag) -> &'a CellEntry {
    let of = |cell: &&CellEntry| {
        cell.artifact.0 == format!("{behavior}.so") && cell.python == python && cell.rung == Rung::Import
    };
    report.cells.iter().find(of).unwrap()
}

#[rstest]
#[case("crash", "crashed", Some(11))]
#[case("aborts", "crashed", Some(6))]
#[case("hang", "timed-out", None)]
#[case("leave", "vanished", None)]
#[case("flood", "refused", None)]
#[case("eavesdrops", "refused", None)]
#[case("forks", "refused", None)]
fn what_it_did_is_what_is_reported(
    #[case] behavior: &str,
    #[case] outcome: &str,
    #[case] signal: Option<i32>,
    #[values("fork", "process")] isolation: &str,
) {
    let report = if isolation == "fork" { &FORKED } else { &FRESH };
    for python in pythons() {
        let cell = cell(report, behavior, python);
        assert_eq!((cell.outcome.as_str(), cell.signal), (outcome, signal), "{} {:?}", cell.id, cell.message);
    }
}

/// What is left without descriptors cannot answer; that it says nothing is what is said of it. Where the way
/// back lies out of reach of the module, it is an ordinary refusal.
#[rstest]
fn closed_descriptors_harm_nobody_else(#[values("fork", "process")] isolation: &str) {
    let report = if isolation == "fork" { &FORKED } else { &FRESH };
    for python in pythons() {
        let cell = cell(report, "closefds", python);
        assert_eq!(cell.outcome, OutcomeKind::Vanished, "{} {:?}", cell.id, cell.message);
    }
}

/// The worker dies with the cell, and the cells after it are run by another.
#[test]
fn a_module_that_kills_its_worker_spoils_only_itself() {
    for python in pythons() {
        let cell = cell(&FORKED, PATRICIDE, python);
        assert_eq!((cell.outcome.as_str(), cell.signal), ("crashed", Some(9)), "{}", cell.id);
    }
    assert!(FORKED.errors.is_empty(), "{:?}", FORKED.errors);
    assert_eq!(FORKED.cells.len(), BEHAVIORS.len() * pythons().len());
}

#[test]
fn nothing_lives_on() {
    assert!(!FORKED.cells.is_empty() && !FRESH.cells.is_empty());
    std::thread::sleep(Duration::from_millis(3500));
    assert!(!HOSTILE.mark().exists(), "a grandchild outlived its cell");
}

/// The same specimens, the same verdicts; the slow way is only slower.
#[test]
fn a_fresh_process_gives_the_same_verdicts() {
    let verdicts = |isolation: &str| {
        let output = Soabi::with_the_required()
            .args(["matrix", "--rung", "import", "--flavor", "c-single", "--flavor", "c-py2"])
            .args(["--format", "json", "--isolation", isolation])
            .run();
        let report: MatrixReport = output.json();
        let told = |cell: &CellEntry| {
            (cell.id.0.clone(), cell.outcome.clone(), cell.probes, cell.gate, cell.message.clone())
        };
        report.cells.iter().map(told).collect::<Vec<_>>()
    };
    let forked = verdicts("fork");
    assert!(forked.iter().any(|(_, outcome, probes, ..)| *outcome == OutcomeKind::Accepted && *probes >= 13));
    assert_eq!(forked, verdicts("process"));
}

/// Where nothing is found under a file's own name, the same process goes on to the other name; what it then does
/// is its own affair all the same.
#[test]
fn what_comes_after_a_refusal_is_what_it_is_alone() {
    let folder = tempfile::tempdir().unwrap();
    let behaviors = ["crash", "eavesdrops", "hang", "leave", "closefds", "aborts"];
    let tagged = behaviors.map(|behavior| {
        let tagged = folder.path().join(format!("{behavior}.cpython-399-x86_64-linux-gnu.so"));
        std::fs::copy(HOSTILE.folder.path().join(format!("{behavior}.so")), &tagged).unwrap();
        tagged
    });
    let seen = |isolation: &str| {
        let output = Soabi::with_the_required()
            .args(["matrix", "--rung", "import", "--format", "json", "--time-limit", "2"])
            .args(["--isolation", isolation])
            .args(&tagged)
            .run();
        let report: MatrixReport = output.json();
        let seen = |cell: &CellEntry| (cell.id.0.clone(), cell.outcome.clone(), cell.gate, cell.signal);
        report.cells.iter().map(seen).collect::<Vec<_>>()
    };
    let forked = seen("fork");
    assert_eq!(forked.len(), 2 * behaviors.len() * pythons().len());
    let refused = forked.iter().filter(|(_, _, gate, _)| *gate == Some(Gate::Name)).count();
    assert_eq!(refused, behaviors.len() * pythons().len());
    assert_eq!(forked, seen("process"));
}

/// Ctrl-C in the middle of a module that hangs: the program is gone, and so is everything it started.
#[test]
fn an_interrupt_ends_all_children() {
    let hang = HOSTILE.folder.path().join("hang.so");
    let soabi =
        Soabi::with_the_required().args(["matrix", "--rung", "import", "--time-limit", "60"]).args([hang]);
    check_interrupt(soabi);
}

/// The same while an interpreter is asked who it is.
#[test]
fn an_interrupt_ends_a_query() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3.9");
    let write = r#"printf '#!/bin/sh\nsleep 1000 & wait\n' > "$0" && chmod 755 "$0""#;
    assert!(Command::new("sh").args(["-c", write]).arg(&python).status().unwrap().success());
    check_interrupt(Soabi::with_the_required().args(["pythons", "--python"]).args([python]));
}

fn check_interrupt(soabi: Soabi) {
    let mut child = soabi.command().spawn().unwrap();
    let started = Instant::now();
    while descendants(child.id()).is_empty() || started.elapsed() < Duration::from_secs(2) {
        assert!(started.elapsed() < Duration::from_secs(30), "no child ever started");
        std::thread::sleep(Duration::from_millis(50));
    }
    let family = descendants(child.id());
    // The shell's own `kill`: the program is in a package that small systems do not have.
    let interrupt = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(interrupt.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    std::thread::sleep(Duration::from_millis(500));
    for pid in family {
        assert!(!is_running(pid), "{pid} lives on");
    }
}

/// Everything below a process, by `/proc`.
fn descendants(pid: u32) -> Vec<u32> {
    let children = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let mut found = Vec::new();
    for task in children {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in list.split_whitespace().filter_map(|word| word.parse().ok()) {
            found.push(child);
            found.extend(descendants(child));
        }
    }
    found
}

pub(crate) fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}
