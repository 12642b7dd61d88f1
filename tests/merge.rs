//! A run in parts, merged, says what the whole run says.

use std::path::PathBuf;

use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Finished, Soabi, pythons};

/// Two interpreters, the rows of C and of Rust, the probes as thrifty as they are by default.
fn matrix(args: &[&str]) -> Finished {
    let two: Vec<_> = pythons().iter().rev().take(2).map(ToString::to_string).collect();
    Soabi::new()
        .args(["matrix", "--flavor", "c-multi", "--flavor", "c-abi3", "--flavor", "ffi"])
        .args(["--python", &two.join(","), "--format", "json"])
        .args(args)
        .run()
}

/// Parts of that matrix, each run by itself, as files.
struct Parts {
    folder: TempDir,
}

impl Parts {
    fn run(parts: &[&[&str]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (at, args) in parts.iter().enumerate() {
            let finished = matrix(args);
            assert_eq!(finished.code(), Some(0), "{}{}", finished.stdout(), finished.stderr());
            std::fs::write(folder.path().join(format!("{at}.json")), finished.stdout()).unwrap();
        }
        Self { folder }
    }

    fn path(&self, at: usize) -> PathBuf {
        self.folder.path().join(format!("{at}.json"))
    }

    fn merge(&self, which: &[usize], format: &str) -> Finished {
        Soabi::new()
            .args(["merge", "--format", format])
            .args(which.iter().map(|&at| self.path(at)))
            .within(self.folder.path())
            .run()
    }
}

fn without_times(mut report: Value) -> Value {
    for cell in report["cells"].as_array_mut().unwrap() {
        cell["ms"] = 0.into();
    }
    report
}

#[test]
fn three_shards_are_the_whole() {
    let parts = Parts::run(&[&["--shard", "1/3"], &["--shard", "2/3"], &["--shard", "3/3"]]);
    let merged = parts.merge(&[2, 0, 1], "json");
    assert_eq!(merged.code(), Some(0), "{}", merged.stderr());
    let merged = without_times(merged.json());
    let whole = without_times(matrix(&[]).json());
    assert!(whole["cells"].as_array().unwrap().iter().any(|cell| cell["probed_in"].is_string()));
    assert_eq!(merged, whole);
    for part in [0, 1, 2] {
        let cells = parts.merge(&[part], "json").json::<Value>()["cells"].as_array().unwrap().len();
        let all = whole["cells"].as_array().unwrap().len();
        assert!(cells > 0 && cells < all, "{cells} of {all} are in part {part}");
    }

    let lacking = parts.merge(&[0, 2], "human");
    assert_eq!(lacking.code(), Some(2));
    assert!(lacking.stdout().contains("part 2/3 of the run "), "{}", lacking.stdout());
    let twice = parts.merge(&[0, 1, 1], "human");
    assert_eq!((twice.code(), twice.stdout()), (Some(2), String::new()));
    assert!(twice.stderr().contains(" are both part 2/3 of one run\n\nhint: "), "{}", twice.stderr());
    let junit = parts.merge(&[0, 1, 2], "junit").stdout();
    assert_eq!(junit.matches("<testsuite ").count(), 2);
}

/// Column by column, each built for both interpreters.
#[test]
fn two_columns_are_the_whole() {
    let two: Vec<_> = pythons().iter().rev().take(2).map(ToString::to_string).collect();
    let parts = Parts::run(&[&["--run-on", &two[0]], &["--run-on", &two[1]]]);
    let merged = parts.merge(&[0, 1], "json");
    assert_eq!(merged.code(), Some(0), "{}", merged.stderr());
    assert_eq!(without_times(merged.json()), without_times(matrix(&[]).json()));
    let half = parts.merge(&[0], "human");
    assert_eq!(half.code(), Some(2));
    let idle = format!("{} was found, and no report has cells that ran in it", two[1]);
    assert!(half.stdout().contains(&idle), "{}", half.stdout());
}

/// More parts than there is work for: the last ones are empty, and that is no failure.
#[test]
fn an_empty_part_is_a_part() {
    let part = matrix(&["--rung", "load", "--flavor", "ffi", "--shard", "1000/1000"]);
    assert_eq!(part.code(), Some(0), "{}", part.stderr());
    assert_eq!(part.json::<Value>()["summary"]["cells"], 0);
}

#[rstest]
#[case::nothing("{}", "it has no schema")]
#[case::audit(r#"{ "schema": "soabi/audit/v1" }"#, "its schema is soabi/audit/v1, not soabi/matrix/v1")]
#[case::half(r#"{ "schema": "soabi/matrix/v1" }"#, "missing field `version`")]
#[case::cut_off(r#"{ "schema": "#, "EOF while parsing a value")]
fn other_files_are_refused(#[case] text: &str, #[case] why: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, text).unwrap();
    let finished = Soabi::new().args(["merge"]).args([&path]).run();
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    let stderr = finished.stderr();
    assert!(stderr.contains("report.json` is no report of a matrix: ") && stderr.contains(why), "{stderr}");
    assert!(stderr.contains("hint: `soabi matrix --format json` writes one"), "{stderr}");
}

/// The same shard has the same cells, run or only planned.
#[test]
fn the_plan_of_a_shard() {
    let plan = matrix(&["--shard", "2/3", "--plan"]).stdout();
    let report: Value = matrix(&["--shard", "2/3"]).json();
    let ids = report["cells"].as_array().unwrap().iter().map(|cell| cell["id"].as_str().unwrap());
    assert_eq!(plan.lines().collect::<Vec<_>>(), ids.collect::<Vec<_>>());
}

#[test]
fn an_interpreter_that_is_not_there_runs_nothing() {
    let finished = matrix(&["--run-on", "cp399"]);
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().starts_with("error: no cell would run on cp399"), "{}", finished.stderr());
}
