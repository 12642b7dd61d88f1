//! Shims of version managers are seen through, and never mistaken for interpreters.

use super::mock::{Machine, Mock};
use soabi_python::{QueryError, Request, SearchPlace, discover};

/// What a shim does when no version has the name that it was called by.
const NOT_FOUND: &str = "echo 'pyenv: python3.9: command not found' >&2; exit 127";

fn shim(program: &std::path::Path) -> String {
    format!("exec \"{}\" exec \"$@\"", program.display())
}

#[test]
fn the_interpreter_behind_a_shim() {
    let machine = Machine::new();
    let real = machine.python("real/python3.11", &Mock::three(11, 7));
    machine.script("bin/python3", &format!("exec {} \"$@\"", real.display()));
    let discovery = discover(&machine.request());
    assert_eq!(discovery.found.len(), 1, "{discovery:?}");
    assert_eq!(discovery.found[0].executable, real);
    assert_eq!(discovery.found[0].facts.executable, real);
    assert_eq!(discovery.found[0].source, SearchPlace::Path);
}

#[test]
fn a_shim_and_its_interpreter_are_one() {
    let machine = Machine::new();
    let real = machine.python("opt/cp311/bin/python3.11", &Mock::three(11, 7));
    machine.script("bin/python3", &format!("exec {} \"$@\"", real.display()));
    let discovery = discover(&machine.request());
    assert_eq!(discovery.found.len(), 1);
    assert_eq!(discovery.found[0].executable, real);
    assert!(discovery.found[0].also.is_empty());
}

#[test]
fn a_shim_is_asked_each_time() {
    let machine = Machine::new();
    let real = machine.python("real/python3.11", &Mock::three(11, 7));
    machine.script("bin/python3", &format!("exec {} \"$@\"", real.display()));
    let request = Request { cache_dir: Some(machine.path("cache")), ..machine.request() };
    for _ in 0..2 {
        assert_eq!(discover(&request).found.len(), 1);
    }
    assert_eq!(machine.asked("real/python3.11"), 2);
}

#[test]
fn a_shim_without_an_interpreter_is_nothing() {
    let machine = Machine::new();
    let manager = machine.script("manager/pyenv", NOT_FOUND);
    machine.script("bin/python3.9", &shim(&manager));
    let discovery = discover(&machine.request());
    assert!(discovery.found.is_empty() && discovery.broken.is_empty(), "{discovery:?}");
}

#[test]
fn unless_it_was_asked_for() {
    let machine = Machine::new();
    let manager = machine.script("manager/pyenv", NOT_FOUND);
    let python = machine.script("bin/python3.9", &shim(&manager));
    let discovery = machine.discover(&[python.to_str().unwrap()]);
    let error = &discovery.broken[0].error;
    assert!(matches!(error, QueryError::Exited { code: 127, .. }), "{error:?}");
    assert_eq!(error.to_string(), "exit status 127: pyenv: python3.9: command not found");
}

#[test]
fn another_script_that_fails_is_broken() {
    let machine = Machine::new();
    machine.script("bin/python3.9", NOT_FOUND);
    assert_eq!(discover(&machine.request()).broken.len(), 1);
}

/// pyenv's shims are not started: its versions stand where the shims stand on `PATH`.
#[test]
fn the_place_of_pyenv_is_that_of_its_shims() {
    let machine = Machine::new();
    let real = machine.python("pyenv/versions/3.11.7/bin/python3.11", &Mock::three(11, 7));
    machine.python("pyenv/shims/python3.11", &Mock::three(11, 7));
    let other = machine.python("bin/python3.11", &Mock::three(11, 2));
    let [shims, bin] = ["pyenv/shims", "bin"].map(|dir| machine.path(dir));
    for (path, pyenv_root, expected) in [
        (vec![shims.clone(), bin.clone()], Some(machine.path("pyenv")), &real),
        (vec![shims.clone(), bin.clone()], None, &real),
        (vec![bin.clone(), shims], Some(machine.path("pyenv")), &other),
        (vec![bin], Some(machine.path("pyenv")), &other),
    ] {
        let mut request = machine.request();
        (request.environment.path, request.environment.pyenv_root) = (path, pyenv_root);
        let discovery = discover(&request);
        assert_eq!(discovery.found[0].executable, *expected);
        assert_eq!(discovery.found[0].also.len(), 1);
    }
    assert_eq!(machine.asked("pyenv/shims/python3.11"), 0);
}
