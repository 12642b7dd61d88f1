//! The ABI rules in the code against the truth table written by hand, and the table against the program.

use std::fs;

use rstest::rstest;
use soabi_core::{AbiTag, Cell, Expectation, Rung};
use soabi_harness::judge::promises;
use soabi_harness::plan::plan;
use soabi_harness::specimen::{self, flavors};
use soabi_harness::subject::Subject;
use soabi_harness::truth::{Expected, TruthTable};
use soabi_python::{Facts, Interpreter, Manifest, SearchPlace, manifests};

use crate::support::{Soabi, root};

fn table_text() -> String {
    fs::read_to_string(root().join("tests/expected/spam.toml")).unwrap()
}

/// An interpreter that is what its manifest declares, on Linux x86-64. There need not be one.
fn declared(manifest: &Manifest) -> Interpreter {
    let fill = |text: &str| text.replace("{platform}", "x86_64-linux-gnu");
    let (implementation, wide_unicode) = match manifest.id {
        AbiTag::Cpython(abi) => ("cpython", abi.wide_unicode),
        _ => ("pypy", false),
    };
    Interpreter {
        id: manifest.id.into(),
        emulator: None,
        executable: "python".into(),
        source: SearchPlace::Path,
        also: Vec::new(),
        facts: Facts {
            implementation: implementation.to_owned(),
            version: format!("{}.0", manifest.version()),
            feature: manifest.version(),
            hexversion: manifest.version().hex(),
            abi: manifest.id,
            soabi: manifest.soabi().map(fill),
            ext_suffixes: manifest.suffixes_on("x86_64-linux-gnu"),
            pointer_bits: 64,
            debug: manifest.is_debug(),
            gil_disabled: !manifest.has_gil(),
            wide_unicode,
            platform: "linux-x86_64".to_owned(),
            multiarch: None,
            include_dirs: Vec::new(),
            has_headers: true,
            libpython: Some("libpython.so".into()),
            executable: "python".into(),
            prefix: "/".into(),
            base_prefix: "/".into(),
        },
    }
}

/// Every interpreter that is declared, here or not, every specimen, every cell.
fn whole_matrix() -> (Vec<Interpreter>, Vec<Subject>, Vec<Cell>) {
    let interpreters: Vec<_> = manifests().iter().map(declared).collect();
    let subjects: Vec<_> = specimen::plan(flavors(), &interpreters)
        .specimens
        .iter()
        .map(|specimen| Subject {
            artifact: specimen.artifact("spam.so".into()),
            flavor: specimen.name.clone(),
            family: specimen.flavor.id.clone(),
            source: specimen.flavor.id.clone(),
            built_for: specimen.built_for,
            commands: Vec::new(),
            missing: None,
            machine: None,
            placed: None,
        })
        .collect();
    let ids: Vec<_> = interpreters.iter().map(|interpreter| interpreter.id).collect();
    let cells = plan(&subjects, &ids, &[Rung::Load, Rung::Import]);
    (interpreters, subjects, cells)
}

/// Two authors, one truth: the function that every verdict rests on, and the table.
#[test]
fn the_rules_say_what_the_table_says() {
    let (interpreters, subjects, cells) = whole_matrix();
    let table = TruthTable::parse(&table_text()).unwrap();
    let by_table = promises(&cells, &subjects, &interpreters, Some(&table)).unwrap();
    let by_rules = promises(&cells, &subjects, &interpreters, None).unwrap();
    for ((cell, table), rules) in cells.iter().zip(&by_table).zip(&by_rules) {
        let (table, rules) = (&table.promise, &rules.promise);
        assert_eq!(table.expectation, rules.expectation, "{}: {} / {}", cell.id(), table.why, rules.why);
    }
}

/// Where nothing is promised, the table still says what can happen, but for pairs that were not measured: PyO3 built without the GIL.
#[test]
fn luck_is_bounded() {
    let (interpreters, subjects, cells) = whole_matrix();
    let table = TruthTable::parse(&table_text()).unwrap();
    let expected = promises(&cells, &subjects, &interpreters, Some(&table)).unwrap();
    let is_luck = |expected: &Expected| expected.promise.expectation == Expectation::Luck;
    let luck = cells.iter().zip(&expected).filter(|(_, expected)| is_luck(expected));
    let (bounded, open): (Vec<_>, Vec<_>) = luck.partition(|(_, expected)| expected.seen.is_some());
    assert!(!bounded.is_empty());
    for (cell, _) in open {
        assert!(cell.artifact.0.starts_with("pyo3/") && cell.artifact.0.ends_with('t'), "{}", cell.id());
    }
}

/// A row that matches no cell is not tested, and will be wrong some day.
#[test]
fn every_row_is_needed() {
    let (interpreters, subjects, cells) = whole_matrix();
    let text = table_text();
    let rows: Vec<&str> = text.split("[[row]]").collect();
    for left_out in 1..rows.len() {
        let others: Vec<_> =
            rows.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, row)| *row).collect();
        let table = TruthTable::parse(&others.join("[[row]]")).unwrap();
        let silent = promises(&cells, &subjects, &interpreters, Some(&table)).is_err();
        assert!(silent, "row {left_out} is not needed");
    }
}

/// The promise names the interpreter's suffixes; without them nothing is found.
#[test]
fn an_interpreter_that_searches_for_nothing_finds_nothing() {
    let (_, subjects, _) = whole_matrix();
    let target = soabi_rules::Target { abi: "cp311".parse().unwrap(), suffixes: &[] };
    for subject in subjects {
        let promise =
            soabi_rules::promise(&subject.artifact, target, Rung::Import, soabi_core::FileName::Tagged);
        assert_eq!(promise.expectation.gate(), Some(soabi_core::Gate::Name));
    }
}

/// The exit code is 0, and 1 as soon as one expectation is another one.
#[rstest]
#[case::as_it_is("", "", 0)]
#[case::one_gate_changed(
    "cells = [\"import\"]\nexpect = \"refuse\"\ngate = \"name\"",
    "cells = [\"import\"]\nexpect = \"refuse\"\ngate = \"symbols\"",
    1
)]
#[case::one_promise_changed(
    "cells = [\"import\", \"import-bare\", \"load\"]\nexpect = \"accept\"",
    "cells = [\"import\", \"import-bare\", \"load\"]\nexpect = \"refuse\"\ngate = \"runtime\"",
    1
)]
#[case::one_outcome_not_listed("seen = [\"accepted\"]", "seen = [\"crashed\"]", 1)]
#[case::one_row_lost("flavor = [\"c-single\",", "flavor = [\"nobody\",", 2)]
fn the_table_decides_the_exit_code(#[case] from: &str, #[case] to: &str, #[case] code: i32) {
    let text = table_text();
    assert!(text.contains(from));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text.replacen(from, to, 1)).unwrap();
    let finished = Soabi::new()
        .args(["matrix", "--flavor", "c-single", "--rung", "import", "--expected"])
        .args([file.path()])
        .run();
    assert_eq!(finished.code(), Some(code), "{}{}", finished.stdout(), finished.stderr());
    assert_eq!(finished.stdout().contains("\nunexpected\n"), code == 1);
}
