//! `--python`: what is required of every module, and the exit status that follows.

use rstest::rstest;
use soabi_core::AbiTag;

use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};
use super::{report, soabi};
use crate::support::Finished;

/// `spam 1.0` for 3.11 alone, and with a stable ABI from 3.9 on.
fn two_wheels() -> Wheelhouse {
    let house = Wheelhouse::new();
    house.wheel(&format!("cp39-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &SPAM.compile())]);
    let member = format!("spam.cpython-311-{ARCH}-linux-gnu.so");
    house.wheel(&format!("cp311-cp311-manylinux_2_17_{ARCH}"), &[(&member, &SPAM.compile())]);
    house
}

fn run(house: &Wheelhouse, args: &[&str]) -> Finished {
    soabi(house.path()).args(["audit", "--no-config"]).args(args).run()
}

fn spam() -> String {
    format!("spam-1.0-cp39-abi3-manylinux_2_17_{ARCH}.whl")
}

/// 0 where the interpreter loads the module, 1 where it does not or nobody knows, 2 where there is no such
/// interpreter.
#[rstest]
#[case::none(&[], 0)]
#[case::with_the_gil(&["-p", "3.13"], 0)]
#[case::at_the_floor(&["-p", "3.9"], 0)]
#[case::below_the_floor(&["-p", "3.8"], 1)]
#[case::two_of_which_one_does_not(&["-p", "3.13", "-p", "3.8"], 1)]
#[case::free_threaded(&["-p", "3.13t"], 1)]
#[case::debug(&["-p", "3.13d"], 0)]
#[case::a_range(&["-p", ">=3.9,<3.14"], 0)]
#[case::a_range_from_below(&["-p", ">3.7,<3.14"], 1)]
#[case::an_open_range(&["-p", "3.9.."], 0)]
#[case::an_id(&["-p", "cp313"], 0)]
#[case::pypy(&["-p", "pypy3.11"], 1)]
#[case::a_shown_one_is_not_required(&["--show", "3.8"], 0)]
#[case::all(&["--all"], 0)]
#[case::findings_do_not_matter(&["-p", "3.8", "--fail-on", "never"], 1)]
#[case::a_typing_error(&["-p", "cp3133"], 2)]
#[case::not_in_the_tables(&["-p", "3.99"], 2)]
#[case::free_threaded_before_there_was_any(&["-p", "3.8t"], 2)]
#[case::an_empty_range(&["-p", ">=3.14,<3.9"], 2)]
#[case::nonsense(&["-p", "snake"], 2)]
#[case::nonsense_to_show(&["--show", "snake"], 2)]
fn the_exit_status(#[case] args: &[&str], #[case] expected: i32) {
    let finished = run(&two_wheels(), &[&[spam().as_str()], args].concat());
    assert_eq!(finished.code(), Some(expected), "{}{}", finished.stdout(), finished.stderr());
}

#[rstest]
#[case::the_release("3.13", "cp313")]
#[case::without_the_gil("3.13t", "cp313t")]
#[case::with_debug_assertions("3.13d", "cp313d")]
#[case::a_range(">=3.12,<3.14", "cp312 cp313")]
#[case::in_two_ways("3.12,cp312", "cp312")]
#[case::pypy("pypy3.11", "pypy311_pp73 pypy311_pp80")]
#[case::python_2("2.7", "cp27mu")]
fn what_is_required(#[case] python: &str, #[case] expected: &str) {
    let house = two_wheels();
    let expected: Vec<AbiTag> = expected.split(' ').map(|id| id.parse().unwrap()).collect();
    let report = report(house.path(), &[&spam(), "--python", python]);
    assert_eq!(report.required, expected);
    // The other interpreters are predicted for all the same.
    assert_eq!(report.pythons.len(), soabi_rules::tables::ExportTable::get().abis().len());
}

/// A variable that narrows a matrix is no requirement.
#[test]
fn the_environment_requires_nothing() {
    let house = two_wheels();
    let finished =
        soabi(house.path()).env("SOABI_PYTHON", "3.8").args(["audit", "--no-config", &spam()]).run();
    assert_eq!(finished.code(), Some(0), "{}", finished.stdout());
}

#[test]
fn the_last_line_and_the_names() {
    let house = two_wheels();
    let last_line = |args: &[&str]| {
        let text = run(&house, args).stdout();
        text.split("\n\n").last().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let answer = last_line(&[".", "-p", "3.13"]);
    assert!(
        answer.contains(
            "Not ready for CPython 3.13: 1 of 2 wheels must be rebuilt: spam 1.0 cp311. \
             Ready: spam 1.0 cp39-abi3."
        ),
        "{answer}"
    );
    let answer = last_line(&[".", "-p", "3.11"]);
    assert!(answer.contains("Ready for CPython 3.11: spam 1.0 cp311, spam 1.0 cp39-abi3."), "{answer}");
    let names = |args: &[&str]| run(&house, &[&[".", "--format", "names"], args].concat()).stdout();
    assert_eq!(names(&["-p", "3.13"]), "spam\n");
    assert_eq!(names(&["-p", "3.11"]), "");
    assert_eq!(names(&[]), "");
    house.write("eggs/eggs.cpython-38.so", &SPAM.compile());
    assert_eq!(names(&["-p", "3.13"]), "eggs/eggs.cpython-38.so\nspam\n");
}

/// An installer takes no wheel whose tags do not name the interpreter, whatever is in it.
#[test]
fn tags_count() {
    let house = Wheelhouse::new();
    let tag = format!("cp311-cp311-manylinux_2_17_{ARCH}");
    let wheel = house.wheel(&tag, &[("spam.abi3.so", &SPAM.compile())]);
    let codes = ["3.11", "3.12"].map(|python| run(&house, &[&wheel, "-p", python]).code());
    assert_eq!(codes, [Some(0), Some(1)]);
    let text = run(&house, &[&wheel, "-p", "3.12"]).stdout();
    assert!(text.contains("its tags do not name it"), "{text}");
}

/// What could not be read is not known to be ready.
#[test]
fn unread_files_are_not_ready() {
    let house = Wheelhouse::new();
    let tag = format!("cp39-abi3-manylinux_2_17_{ARCH}");
    let wheel = house.wheel(&tag, &[("spam.abi3.so", &SPAM.compile()), ("eggs.abi3.so", b"")]);
    let finished = run(&house, &[&wheel, "-p", "3.13", "--format", "names"]);
    assert_eq!((finished.code(), finished.stdout().as_str()), (Some(2), "spam\n"));
}

/// `-qq` leaves the exit status alone; a file is written all the same.
#[test]
fn only_the_exit_status() {
    let house = Wheelhouse::new();
    let newer = Library { imports: &["PyType_Freeze"], ..SPAM }.compile();
    let wheel = house.wheel(&format!("cp39-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &newer)]);
    let finished = run(&house, &[&wheel, "-qq"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(1), String::new()));
    assert_ne!(run(&house, &[&wheel, "-q"]).stdout(), "");
    run(&house, &[&wheel, "-qq", "-o", "report.txt"]);
    assert_ne!(std::fs::read_to_string(house.path().join("report.txt")).unwrap(), "");
}

/// Several reports of one audit; the screen is another one.
#[test]
fn copies_of_the_report() {
    let house = two_wheels();
    let finished = run(&house, &[".", "-p", "3.13", "--report", "json=a.json", "--report", "names=b.txt"]);
    assert_eq!(finished.code(), Some(1));
    assert!(finished.stdout().contains("Not ready for CPython 3.13"), "{}", finished.stdout());
    let read = |name: &str| std::fs::read_to_string(house.path().join(name)).unwrap();
    let report: soabi_report::AuditReport = serde_json::from_str(&read("a.json")).unwrap();
    assert_eq!((report.subjects.len(), read("b.txt").as_str()), (2, "spam\n"));
}

#[rstest]
#[case::no_file("json")]
#[case::an_empty_file("json=")]
#[case::no_such_form("yaml=x")]
fn impossible_copies(#[case] copy: &str) {
    assert_eq!(run(&two_wheels(), &[".", "--report", copy]).code(), Some(2));
}

/// 0 in place of 1, and never in place of 2.
#[test]
fn exit_zero() {
    let house = two_wheels();
    assert_eq!(run(&house, &[".", "-p", "3.13", "--exit-zero"]).code(), Some(0));
    assert_eq!(run(&house, &["missing.whl", "--exit-zero"]).code(), Some(2));
}

#[test]
fn rules_are_counted() {
    let house = Wheelhouse::new();
    let newer = Library { imports: &["PyType_Freeze"], ..SPAM }.compile();
    let tag = format!("cp39-abi3-manylinux_2_17_{ARCH}");
    let wheel = house.wheel(&tag, &[("a/spam.abi3.so", &newer), ("b/spam.abi3.so", &newer)]);
    let line = "       2  error    abi3-version-too-low\n";
    assert!(run(&house, &[&wheel, "--statistics"]).stdout().contains(line));
    assert!(!run(&house, &[&wheel]).stdout().contains(line));
}

/// The screen says of notes that `-v` shows them.
#[test]
fn notes_are_shown_when_they_are_asked_for() {
    let house = Wheelhouse::new();
    house.write("spam.so", &Library { imports: &["_PyUnicode_Ready"], ..SPAM }.compile());
    let (short, long) = (run(&house, &["spam.so"]).stdout(), run(&house, &["spam.so", "-v"]).stdout());
    assert!(short.contains("-v shows") && !short.contains("note["), "{short}");
    assert!(long.contains("note[") && !long.contains("-v shows"), "{long}");
}
