//! A run that was ended before its time is continued.

use std::fs;

use soabi_report::matrix::{CellEntry, MatrixReport};

use crate::audit::wheelhouse::Wheelhouse;
use crate::isolation::HOSTILE;
use crate::support::{Finished, Soabi};
use crate::wheels::{ABI3, path_of, tag};

/// A run that continues another one gives the same report.
#[test]
fn a_run_that_was_killed_is_resumed() {
    let house = Wheelhouse::new();
    let hang = fs::read(HOSTILE.module("hang")).unwrap();
    let wheel = house.wheel(
        &tag("cp39-abi3"),
        &[("pkg/__init__.py", b""), ("pkg/spam.abi3.so", &ABI3), ("slow/hang.abi3.so", &hang)],
    );
    let cache = path_of(&house, "cache");
    let args = [
        "matrix",
        "--format",
        "json",
        "--time-limit",
        "2",
        "--jobs",
        "1",
        "--cache-dir",
        cache.to_str().unwrap(),
        &wheel,
    ];
    let command = || Soabi::with_the_required().within(house.path()).args(args);
    let mut process = command()
        .command()
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(3500));
    process.kill().unwrap();
    process.wait().unwrap();
    let resumed = command().args(["--resume"]).run();
    assert!(resumed.stderr().contains("resuming: "), "{}", resumed.stderr());
    let told = |finished: &Finished| {
        let report: MatrixReport = finished.json();
        let told = |cell: &CellEntry| (cell.id.clone(), cell.outcome, cell.message.clone(), cell.verdict);
        report.cells.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(told(&resumed), told(&command().run()));
}

/// After the first broken promise no cell is begun; a run that goes on from there gives the same report as one that never
/// stopped.
#[test]
fn a_run_that_fails_fast_is_resumed() {
    let house = Wheelhouse::new();
    let crash = fs::read(HOSTILE.module("crash")).unwrap();
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", b""), ("pkg/crash.abi3.so", &crash)]);
    let cache = path_of(&house, "cache");
    let args = ["matrix", "--format", "json", "--jobs", "1", "--cache-dir", cache.to_str().unwrap(), &wheel];
    let run = |more: &[&str]| Soabi::with_the_required().within(house.path()).args(args).args(more).run();
    let fast = run(&["--fail-fast"]);
    let report: MatrixReport = fast.json();
    assert_eq!(fast.code(), Some(1), "{}", fast.stderr());
    assert!(report.summary.unexpected >= 1 && report.summary.not_run >= 1, "{:?}", report.summary);
    let told = |finished: &Finished| {
        let report: MatrixReport = finished.json();
        report.cells.iter().map(|cell| (cell.id.clone(), cell.outcome, cell.verdict)).collect::<Vec<_>>()
    };
    let resumed = run(&["--resume"]);
    assert!(resumed.stderr().contains("resuming: "), "{}", resumed.stderr());
    assert_eq!(told(&resumed), told(&run(&[])));
}
