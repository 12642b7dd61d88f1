//! Where interpreters are found, and which of them is used.

use std::fs;
use std::path::PathBuf;

use super::mock::{Machine, Mock};
use rstest::rstest;
use soabi_core::AbiTag;
use soabi_python::{Discovery, Environment, Request, SearchPlace, discover, manifests};

fn ids(discovery: &Discovery) -> Vec<String> {
    discovery.found.iter().map(|python| python.id.to_string()).collect()
}

#[rstest]
#[case("bin/python", SearchPlace::Path)]
#[case("bin/python3.11", SearchPlace::Path)]
#[case("pyenv/versions/3.11.7/bin/python3.11", SearchPlace::Pyenv)]
#[case("uv/cpython-3.11.7-linux-x86_64-gnu/bin/python3.11", SearchPlace::Uv)]
#[case("opt/cp311-cp311/bin/python", SearchPlace::Manylinux)]
#[case("own/cp311/bin/python3.11", SearchPlace::Soabi)]
#[case("own/cp311/usr/bin/python3.11", SearchPlace::Soabi)]
fn every_source(#[case] path: &str, #[case] source: SearchPlace) {
    let machine = Machine::new();
    let executable = machine.python(path, &Mock::three(11, 7));
    let discovery = discover(&machine.request());
    assert_eq!(ids(&discovery), ["cp311"]);
    assert_eq!(discovery.found[0].executable, executable);
    assert_eq!(discovery.found[0].source, source);
    assert_eq!(discovery.found[0].facts.version, "3.11.7");
    assert!(discovery.drifted.is_empty(), "{:?}", discovery.drifted);
}

#[rstest]
#[case::another_program("bin/python3-config")]
#[case::half_installed("uv/.temp/bin/python3.11")]
#[case::a_folder("bin/python/python3.11")]
fn not_interpreters(#[case] path: &str) {
    let machine = Machine::new();
    machine.python(path, &Mock::three(11, 7));
    let discovery = discover(&machine.request());
    assert!(discovery.found.is_empty() && discovery.broken.is_empty(), "{discovery:?}");
    assert_eq!(machine.asked(path), 0);
}

#[test]
fn an_empty_machine_misses_everything() {
    let discovery = discover(&Request::new(Environment::default()));
    assert!(discovery.found.is_empty());
    assert_eq!(discovery.missing.len(), manifests().len());
    assert!(discovery.excluded.is_empty());
}

#[test]
fn sorted_by_version() {
    let machine = Machine::new();
    machine.python("bin/python3.10", &Mock::three(10, 0));
    machine.python("bin/python3.9", &Mock::three(9, 0));
    machine.python("bin/python2.7", &Mock::two());
    machine.python("bin/python3.6", &Mock::three(6, 15));
    assert_eq!(ids(&discover(&machine.request())), ["cp27mu", "cp36m", "cp39", "cp310"]);
}

#[test]
fn an_undeclared_interpreter_is_used() {
    let machine = Machine::new();
    machine.python("bin/python3.99", &Mock::three(99, 0));
    let discovery = discover(&machine.request());
    assert_eq!(ids(&discovery), ["cp399"]);
    assert_eq!(discovery.found[0].manifest(), None);
    assert!(discovery.drifted.is_empty());
}

#[test]
fn many_names_of_one_file_are_asked_once() {
    let machine = Machine::new();
    let real = machine.python("bin/python3.6", &Mock::three(6, 15));
    machine.link("python3.6", "bin/python3");
    machine.link("python3", "bin/python");
    machine.link(&real, "opt/cp36/bin/python");
    fs::hard_link(&real, machine.path("bin/python3.6m")).unwrap();
    let discovery = machine.discover(&[machine.path("bin/python").to_str().unwrap(), ".."]);
    assert_eq!(ids(&discovery), ["cp36m"]);
    assert_eq!(discovery.found[0].executable, real);
    assert_eq!(discovery.found[0].source, SearchPlace::Explicit);
    assert!(discovery.found[0].also.is_empty());
    assert_eq!(machine.asked("bin/python3.6"), 1);
}

#[test]
fn names_of_a_multiplexer_stay_apart() {
    let machine = Machine::new();
    machine.python("real/python3.9", &Mock::three(9, 0));
    machine.python("real/python3.10", &Mock::three(10, 0));
    let start = format!("exec {}/\"$(basename \"$0\")\"", machine.path("real").display());
    machine.script("bin/mux", &start);
    machine.link("mux", "bin/python3.9");
    machine.link("mux", "bin/python3.10");
    assert_eq!(ids(&discover(&machine.request())), ["cp39", "cp310"]);
}

#[test]
fn a_relative_entry_of_path_is_not_searched() {
    let machine = Machine::new();
    let mut request = machine.request();
    request.environment.path = vec![PathBuf::new(), PathBuf::from(".")];
    assert!(discover(&request).found.is_empty());
}

#[test]
fn the_explicit_one_comes_first() {
    let machine = Machine::new();
    let explicit = machine.python("elsewhere/python", &Mock::three(11, 2));
    let header = machine.file("include/Python.h", "");
    let library = machine.file("lib/libpython3.11.so", "\x7fELF");
    let include_dir = header.parent().unwrap().to_owned();
    machine.python("bin/python3.11", &Mock { include_dir, libpython: library, ..Mock::three(11, 9) });
    let discovery = machine.discover(&[explicit.to_str().unwrap(), "3.11"]);
    assert_eq!(discovery.found[0].executable, explicit);
    assert_eq!(discovery.found[0].also[0].executable, machine.path("bin/python3.11"));
    assert_eq!(discovery.found[0].also[0].version, "3.11.9");
}

#[rstest]
#[case::headers(true, false)]
#[case::shared_library(false, true)]
fn more_to_test_with_is_better(#[case] has_headers: bool, #[case] has_library: bool) {
    let machine = Machine::new();
    machine.python("bin/python3.11", &Mock::three(11, 9));
    let mut better = Mock::three(11, 2);
    if has_headers {
        better.include_dir = machine.file("include/Python.h", "").parent().unwrap().to_owned();
    }
    if has_library {
        better.libpython = machine.file("lib/libpython3.11.so", "\x7fELF");
    }
    machine.python("opt/cp311/bin/python", &better);
    let discovery = discover(&machine.request());
    assert_eq!(discovery.found[0].source, SearchPlace::Manylinux);
    assert_eq!(discovery.found[0].facts.has_headers, has_headers);
    assert_eq!(discovery.found[0].facts.libpython.is_some(), has_library);
    assert_eq!(discovery.found[0].also.len(), 1);
}

#[test]
fn then_the_order_of_the_search_and_in_one_place_the_newest() {
    let machine = Machine::new();
    machine.python("uv/cpython-3.11.12/bin/python3.11", &Mock::three(11, 12));
    for micro in [2, 10, 9] {
        machine.python(&format!("pyenv/versions/3.11.{micro}/bin/python"), &Mock::three(11, micro));
    }
    let discovery = discover(&machine.request());
    let found = &discovery.found[0];
    let also: Vec<_> = found.also.iter().map(|also| also.version.as_str()).collect();
    assert_eq!((found.facts.version.as_str(), found.source), ("3.11.10", SearchPlace::Pyenv));
    assert_eq!(also, ["3.11.9", "3.11.2", "3.11.12"]);
}

#[test]
fn a_linker_script_is_no_shared_library() {
    let machine = Machine::new();
    let libpython = machine.file("lib/libpython3.11.so", "INPUT(libpython3.11.a)");
    machine.python("bin/python3.11", &Mock { libpython, ..Mock::three(11, 7) });
    assert_eq!(discover(&machine.request()).found[0].facts.libpython, None);
}

#[rstest]
#[case::id(&["cp39"], &["cp39"], &[])]
#[case::range(&["3.9..3.10"], &["cp39", "cp310"], &[])]
#[case::open_range(&["..2.7"], &[], &["cp27mu"])]
#[case::union(&["cp39", "..3.6"], &["cp39"], &["cp27mu", "cp36m"])]
#[case::builds(&["3.9d", "2.7m"], &[], &["cp27m", "cp39d"])]
#[case::absent(&["cp38"], &[], &["cp38"])]
fn narrowed(#[case] selection: &[&str], #[case] found: &[&str], #[case] missing: &[&str]) {
    let machine = Machine::new();
    machine.python("bin/python3.9", &Mock::three(9, 0));
    machine.python("bin/python3.10", &Mock::three(10, 0));
    let discovery = machine.discover(selection);
    assert_eq!(ids(&discovery), found);
    let names = |ids: &[AbiTag]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let missing_ids: Vec<_> = discovery.missing.iter().map(|manifest| manifest.id).collect();
    assert_eq!(names(&missing_ids), missing);
    let declared: Vec<_> = manifests().iter().map(|manifest| manifest.id.to_string()).collect();
    let excluded: Vec<_> = declared
        .into_iter()
        .filter(|id| !found.contains(&id.as_str()) && !missing.contains(&id.as_str()))
        .collect();
    assert_eq!(names(&discovery.excluded), excluded);
    assert!(discovery.unmatched.is_empty());
}

#[test]
fn a_path_alone_searches_nowhere() {
    let machine = Machine::new();
    let explicit = machine.python("elsewhere/python3.9", &Mock::three(9, 0));
    machine.python("bin/python3.10", &Mock::three(10, 0));
    let discovery = machine.discover(&[explicit.to_str().unwrap()]);
    assert_eq!(ids(&discovery), ["cp39"]);
    assert!(discovery.missing.is_empty());
    assert_eq!(discovery.excluded.len(), manifests().len() - 1);
    assert_eq!(machine.asked("bin/python3.10"), 0);
}

#[test]
fn an_undeclared_id_that_nobody_has_is_said() {
    let machine = Machine::new();
    machine.python("bin/python3.9", &Mock::three(9, 0));
    let discovery = machine.discover(&["cp399", "cp38", "3.98..", "3.9"]);
    let unmatched: Vec<_> = discovery.unmatched.iter().map(ToString::to_string).collect();
    assert_eq!(unmatched, ["cp399", "3.98.."]);
}

#[test]
fn an_interpreter_that_contradicts_its_manifest() {
    let machine = Machine::new();
    machine.python("bin/python3.11", &Mock { gil_disabled: true, ..Mock::three(11, 7) });
    let discovery = discover(&machine.request());
    assert_eq!(ids(&discovery), ["cp311"]);
    let drifts: Vec<_> = discovery.drifted.iter().map(ToString::to_string).collect();
    let expected = "cp311: pythons/cp311.toml declares `gil` as true, the interpreter reports false";
    assert_eq!(drifts, [expected]);
}
