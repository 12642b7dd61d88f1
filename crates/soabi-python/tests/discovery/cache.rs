//! Answers are kept until the interpreter changes, and what is not an answer's stays outside.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::mock::{Machine, Mock};
use rstest::rstest;
use soabi_python::{Discovery, Interpreter, Request, discover};

const PYTHON: &str = "bin/python3.11";

/// A machine with one interpreter that has been asked once.
fn machine() -> Machine {
    let machine = Machine::new();
    let include_dir = machine.path("include");
    let libpython = machine.path("lib/libpython3.11.so");
    machine.python(PYTHON, &Mock { include_dir, libpython, ..Mock::three(11, 7) });
    look(&machine);
    assert_eq!(machine.asked(PYTHON), 1);
    machine
}

/// What a run with the cache finds.
fn look(machine: &Machine) -> Interpreter {
    let request = Request { cache_dir: Some(machine.path("cache")), ..machine.request() };
    let Discovery { found, broken, .. } = discover(&request);
    assert!(broken.is_empty(), "{broken:?}");
    <[_; 1]>::try_from(found).unwrap().into_iter().next().unwrap()
}

fn entry(machine: &Machine) -> PathBuf {
    let entries: Vec<_> = fs::read_dir(machine.path("cache")).unwrap().collect();
    assert_eq!(entries.len(), 1);
    entries[0].as_ref().unwrap().path()
}

#[test]
fn asked_once() {
    let machine = machine();
    assert_eq!(look(&machine), look(&machine));
    assert_eq!(machine.asked(PYTHON), 1);
}

#[test]
fn asked_again_when_the_file_is_newer() {
    let machine = machine();
    // By another process, as in `Machine::file`.
    let touch = Command::new("touch").args(["-d", "2001-02-03"]).arg(machine.path(PYTHON)).status();
    assert!(touch.unwrap().success());
    for _ in 0..2 {
        look(&machine);
        assert_eq!(machine.asked(PYTHON), 2);
    }
}

#[test]
fn asked_again_when_the_file_is_another() {
    let machine = machine();
    machine.python(PYTHON, &Mock::three(11, 8));
    assert_eq!(look(&machine).facts.version, "3.11.8");
    assert_eq!(machine.asked(PYTHON), 2);
}

#[rstest]
#[case::empty(|_: String| String::new())]
#[case::cut_off(|text: String| text[..text.len() / 2].to_owned())]
#[case::something_else(|_: String| "[]".to_owned())]
#[case::another_script(|text: String| text.replacen("\"query\":\"", "\"query\":\"0", 1))]
fn an_entry_that_is_no_answer_is_replaced(#[case] spoil: fn(String) -> String) {
    let machine = machine();
    let entry = entry(&machine);
    let text = fs::read_to_string(&entry).unwrap();
    fs::write(&entry, spoil(text.clone())).unwrap();
    for _ in 0..2 {
        look(&machine);
        assert_eq!(machine.asked(PYTHON), 2);
    }
    assert_eq!(fs::read_to_string(&entry).unwrap(), text);
}

#[test]
fn a_folder_that_cannot_be_written_keeps_nothing() {
    let machine = Machine::new();
    machine.python(PYTHON, &Mock::three(11, 7));
    machine.file("cache", "a file where the folder should be");
    for asked in 1..=2 {
        look(&machine);
        assert_eq!(machine.asked(PYTHON), asked);
    }
}

#[test]
fn headers_and_library_are_seen_when_they_come() {
    let machine = machine();
    let before = look(&machine).facts;
    assert!(!before.has_headers && before.libpython.is_none());
    machine.file("include/Python.h", "");
    let library = machine.file("lib/libpython3.11.so", "\x7fELF");
    let after = look(&machine).facts;
    assert!(after.has_headers);
    assert_eq!(after.libpython, Some(library));
    assert_eq!(machine.asked(PYTHON), 1);
}
