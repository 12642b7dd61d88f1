//! A cell spoils only itself, whatever the module does; and a fresh process for every cell sees the same.

use std::fs::DirEntry;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rstest::rstest;
use soabi_core::OutcomeKind;
use soabi_core::{Gate, PythonId, Rung};
use soabi_report::matrix::{CellEntry, MatrixReport};
use tempfile::TempDir;

use crate::support::{Soabi, fixture, pythons};

/// What modules of `hostile.c` do that is seen in their own cell.
const BEHAVIORS: [&str; 10] =
    ["aborts", "closefds", "crash", "eavesdrops", "flood", "forges", "forks", "hang", "leave", "patricide"];

/// A module that does nothing. Its cell is the same whatever the others do.
const QUIET: &str = "quiet";

/// The modules of `hostile.c` that have been built.
pub(crate) struct Hostile {
    pub(crate) folder: TempDir,
    /// Nothing may connect to it.
    port: TcpListener,
}

impl Hostile {
    /// A file that no module may make.
    pub(crate) fn mark(&self) -> PathBuf {
        self.folder.path().join("was-here")
    }

    /// The module that does this, built when it is asked for first.
    pub(crate) fn module(&self, behavior: &str) -> PathBuf {
        let output = self.folder.path().join(format!("{behavior}.so"));
        if output.exists() {
            return output;
        }
        let building = tempfile::NamedTempFile::new_in(&self.folder).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-w"])
            .arg(format!("-DBEHAVIOR={behavior}"))
            .arg(format!("-DMARK=\"{}\"", self.mark().display()))
            .arg(format!("-DPORT={}", self.port.local_addr().unwrap().port()))
            .arg(fixture("hostile.c"))
            .arg("-o")
            .arg(building.path());
        assert!(cc.status().unwrap().success());
        building.persist(&output).unwrap();
        output
    }
}

pub(crate) static HOSTILE: LazyLock<Hostile> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let hostile = Hostile { folder, port: TcpListener::bind(("127.0.0.1", 0)).unwrap() };
    for behavior in BEHAVIORS.iter().chain([&QUIET, &"litters"]) {
        hostile.module(behavior);
    }
    hostile
});

/// All behaviors in all interpreters, once with forked children and once with a fresh process for every cell.
fn run(isolation: &str) -> MatrixReport {
    let artifacts =
        BEHAVIORS.iter().chain([&QUIET]).map(|behavior| HOSTILE.folder.path().join(format!("{behavior}.so")));
    let output = Soabi::with_the_required()
        .args(["matrix", "--rung", "import", "--format", "json", "--time-limit", "4"])
        .args(["--isolation", isolation])
        .args(artifacts)
        .run();
    output.json()
}

static FORKED: LazyLock<MatrixReport> = LazyLock::new(|| run("fork"));
static FRESH: LazyLock<MatrixReport> = LazyLock::new(|| run("process"));

fn cell<'a>(report: &'a MatrixReport, behavior: &str, python: PythonId) -> &'a CellEntry {
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
#[case("forges", "vanished", None)]
#[case("patricide", "refused", None)]
#[case(QUIET, "refused", None)]
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

/// A process that is left without descriptors cannot answer.
#[rstest]
fn closed_descriptors_harm_nobody_else(#[values("fork", "process")] isolation: &str) {
    let report = if isolation == "fork" { &FORKED } else { &FRESH };
    for python in pythons() {
        let cell = cell(report, "closefds", python);
        assert_eq!(cell.outcome, OutcomeKind::Vanished, "{} {:?}", cell.id, cell.message);
    }
}

#[test]
fn nothing_lives_on() {
    assert!(FORKED.errors.is_empty() && FRESH.errors.is_empty(), "{:?} {:?}", FORKED.errors, FRESH.errors);
    for report in [&FORKED, &FRESH] {
        assert_eq!(report.cells.len(), (BEHAVIORS.len() + 1) * pythons().len());
    }
    assert_eq!(users(&HOSTILE.folder.path().join("forks.so")), [0_u32; 0]);
}

/// The processes that have something below `path` in their memory.
pub(crate) fn users(path: &Path) -> Vec<u32> {
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let maps = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    pids.filter(|pid| maps(pid).contains(path.to_str().unwrap())).collect()
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
            (cell.id.0.clone(), cell.outcome, cell.probes, cell.gate, cell.message.clone())
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
        let seen = |cell: &CellEntry| (cell.id.0.clone(), cell.outcome, cell.gate, cell.signal);
        report.cells.iter().map(seen).collect::<Vec<_>>()
    };
    let forked = seen("fork");
    assert_eq!(forked.len(), 2 * behaviors.len() * pythons().len());
    let refused = forked.iter().filter(|(_, _, gate, _)| *gate == Some(Gate::Name)).count();
    assert_eq!(refused, behaviors.len() * pythons().len());
    assert_eq!(forked, seen("process"));
}

/// A signal in the middle of a module that hangs: the program is gone, and so are everything that it started and its
/// folder.
#[rstest]
fn an_interrupt_ends_all_children(#[values("INT", "TERM", "HUP")] signal: &str) {
    let folder = tempfile::tempdir().unwrap();
    check_interrupt(hanging(folder.path()), signal);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

/// The same while an interpreter is asked who it is.
#[test]
fn an_interrupt_ends_a_query() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3.9");
    let write = r#"printf '#!/bin/sh\nsleep 1000 & wait\n' > "$0" && chmod 755 "$0""#;
    assert!(Command::new("sh").args(["-c", write]).arg(&python).status().unwrap().success());
    check_interrupt(Soabi::with_the_required().args(["pythons", "--python"]).args([python]), "INT");
}

/// After SIGKILL there is nobody to clean up. The children end, and the next run removes the folder.
#[test]
fn a_kill_leaves_a_folder_until_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = hanging(folder.path()).command().spawn().unwrap();
    let family = wait_for_family(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(family.into_iter().filter(|&pid| is_running(pid)).collect::<Vec<_>>(), [0_u32; 0]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let next = quiet().env("TMPDIR", folder.path()).run();
    assert_eq!(next.code(), Some(0), "{}", next.stderr());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

/// Strict isolation is the usual one, or a refusal with the reason.
#[test]
fn strict_isolation_has_every_wall_or_runs_nothing() {
    let output = quiet().args(["--isolation", "strict"]).run();
    let report: MatrixReport = output.json();
    if report.errors.is_empty() {
        assert!(report.cells.iter().all(|cell| cell.outcome == OutcomeKind::Refused));
        assert_eq!(output.code(), Some(0));
    } else {
        assert!(
            report.errors.iter().all(|error| error.contains("not every wall is up")),
            "{:?}",
            report.errors
        );
        assert!(report.cells.iter().all(|cell| cell.outcome == OutcomeKind::NotRun));
        assert_eq!(output.code(), Some(2));
    }
}

/// A matrix of the module that does nothing.
fn quiet() -> Soabi {
    let quiet = HOSTILE.module(QUIET);
    Soabi::with_the_required().args(["matrix", "--rung", "import", "--format", "json"]).args([quiet])
}

/// A matrix of a module that hangs, with its folder in `folder`.
fn hanging(folder: &Path) -> Soabi {
    let hang = HOSTILE.module("hang");
    let soabi = Soabi::with_the_required().env("TMPDIR", folder);
    soabi.args(["matrix", "--rung", "import", "--time-limit", "60"]).args([hang])
}

fn check_interrupt(soabi: Soabi, signal: &str) {
    let mut child = soabi.command().spawn().unwrap();
    let family = wait_for_family(child.id());
    // The shell's own `kill`: the program is in a package that small systems do not have.
    let interrupt =
        Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(interrupt.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    std::thread::sleep(Duration::from_millis(500));
    for pid in family {
        assert!(!is_running(pid), "{pid} lives on");
    }
}

/// The processes below one that has been running for a while.
fn wait_for_family(pid: u32) -> Vec<u32> {
    let started = Instant::now();
    while descendants(pid).is_empty() || started.elapsed() < Duration::from_secs(2) {
        assert!(started.elapsed() < Duration::from_secs(30), "no child ever started");
        std::thread::sleep(Duration::from_millis(50));
    }
    descendants(pid)
}

/// The children of a process, by `/proc`.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let list = |task: DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks.map(list).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|word| word.parse().ok()).collect()
}

/// Everything below a process.
fn descendants(pid: u32) -> Vec<u32> {
    let children = children(pid);
    children.iter().copied().chain(children.iter().flat_map(|&child| descendants(child))).collect()
}

pub(crate) fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}
