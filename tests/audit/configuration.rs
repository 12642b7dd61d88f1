//! What the project's file, the environment and the command line say, and who wins.

use std::path::Path;

use rstest::rstest;

use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};
use super::{rules, soabi};
use crate::support::Finished;

const LOW: &str = "abi3-version-too-low";
const UNSTABLE: &str = "unstable-import-under-abi3";

/// A wheel in `dist` with two errors, and a folder to be in.
fn house() -> Wheelhouse {
    let house = Wheelhouse::new();
    let library = Library { imports: &["PyType_Freeze", "_PyErr_StackItm"], ..SPAM }.compile();
    let wheel = house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &[("spam/spam.abi3.so", &library)]);
    std::fs::rename(house.path().join(&wheel), house.path().join("spam.whl")).unwrap();
    let bytes = std::fs::read(house.path().join("spam.whl")).unwrap();
    house.write(&format!("dist/{wheel}"), &bytes);
    std::fs::remove_file(house.path().join("spam.whl")).unwrap();
    house.write("src/deep/down/here.txt", b"");
    house
}

fn run(folder: &Path, env: &[(&str, &str)], args: &[&str]) -> Finished {
    let soabi = env.iter().fold(soabi(folder), |soabi, (name, value)| soabi.env(name, value));
    soabi.args(["audit", "--format", "json"]).args(args).run()
}

/// Checks which rules speak, and how the audit ends.
fn check(house: &Wheelhouse, env: &[(&str, &str)], args: &[&str], expected: &[&str], code: i32) {
    let finished = run(house.path(), env, &[&["dist"], args].concat());
    let report = finished.json();
    assert_eq!(rules(&report).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), expected);
    assert_eq!(finished.code(), Some(code));
}

#[rstest]
#[case::nothing("", &[], &[], &[LOW, UNSTABLE], 1)]
#[case::select("[audit]\nselect = [\"abi3-version-too-low\"]", &[], &[], &[LOW], 1)]
#[case::environment_over_file(
    "[audit]\nselect = [\"abi3-version-too-low\"]",
    &[("SOABI_SELECT", UNSTABLE)], &[], &[UNSTABLE], 1
)]
#[case::command_line_over_environment("", &[("SOABI_SELECT", UNSTABLE)], &["--select", LOW], &[LOW], 1)]
#[case::select_two("", &[], &["--select", "abi3-version-too-low,unstable-import-under-abi3"], &[LOW, UNSTABLE], 1)]
#[case::select_none_that_speaks("", &[], &["--select", "untagged-suffix"], &[], 0)]
#[case::ignore_both("", &[], &["--ignore", LOW, "--ignore", UNSTABLE], &[], 0)]
#[case::ignore_in_addition(
    "[[audit.ignore]]\nrule = \"abi3-version-too-low\"\nreason = \"3.14 is all we ship\"",
    &[("SOABI_IGNORE", UNSTABLE)], &[], &[], 0
)]
#[case::ignore_this_object(
    "[[audit.ignore]]\nrule = \"abi3-version-too-low\"\nobject = \"spam/*.so\"\nreason = \"because\"",
    &[], &[], &[UNSTABLE], 1
)]
#[case::ignore_another_object(
    "[[audit.ignore]]\nrule = \"abi3-version-too-low\"\nobject = \"ham/*.so\"\nreason = \"because\"",
    &[], &[], &[LOW, UNSTABLE], 1
)]
#[case::never("[audit]\nfail-on = \"never\"", &[], &[], &[LOW, UNSTABLE], 0)]
#[case::fail_on_over_file("[audit]\nfail-on = \"never\"", &[], &["--fail-on", "error"], &[LOW, UNSTABLE], 1)]
#[case::fail_on_of_the_environment("", &[("SOABI_FAIL_ON", "never")], &[], &[LOW, UNSTABLE], 0)]
#[case::severity("[audit.severity]\nabi3-version-too-low = \"note\"\nunstable-import-under-abi3 = \"warning\"",
    &[], &[], &[UNSTABLE, LOW], 0)]
#[case::severity_and_fail_on("[audit]\nfail-on = \"note\"\n[audit.severity]\nabi3-version-too-low = \"note\"",
    &[], &[], &[UNSTABLE, LOW], 1)]
#[case::no_config("[audit]\nfail-on = \"never\"", &[], &["--no-config"], &[LOW, UNSTABLE], 1)]
fn who_wins(
    #[case] config: &str,
    #[case] env: &[(&str, &str)],
    #[case] args: &[&str],
    #[case] expected: &[&str],
    #[case] code: i32,
) {
    let house = house();
    house.write("soabi.toml", config.as_bytes());
    check(&house, env, args, expected, code);
}

/// The nearest file counts; a `pyproject.toml` that does not speak of soabi is none.
#[test]
fn the_nearest_file() {
    let house = house();
    let never = b"[audit]\nfail-on = \"never\"\n";
    house.write("soabi.toml", never);
    house.write("src/pyproject.toml", b"[project]\nname = \"spam\"\n");
    let from_below = || run(&house.path().join("src/deep/down"), &[], &["../../../dist"]).code();
    assert_eq!(from_below(), Some(0));
    house.write("src/deep/pyproject.toml", b"[tool.soabi.audit]\nfail-on = \"error\"\n");
    assert_eq!(from_below(), Some(1));
    house.write("src/deep/soabi.toml", never);
    assert_eq!(from_below(), Some(0));
    let named =
        run(&house.path().join("src/deep/down"), &[], &["../../../dist", "--config", "../pyproject.toml"]);
    assert_eq!(named.code(), Some(1));
}

/// The report quotes the reason of every ignored finding.
#[test]
fn reasons_are_quoted() {
    let house = house();
    let config = "[[audit.ignore]]\nrule = \"abi3-version-too-low\"\nreason = \"3.14 is all we ship\"\n";
    house.write("soabi.toml", config.as_bytes());
    let finished = soabi(house.path()).args(["audit", "dist"]).run();
    assert!(finished.stdout().contains("reason: 3.14 is all we ship\n"), "{}", finished.stdout());
    assert!(finished.stdout().ends_with(" 1 ignored.\n"), "{}", finished.stdout());
}

#[rstest]
#[case::no_reason(
    "[[audit.ignore]]\nrule = \"private-import\"\n",
    "`private-import` is ignored without a reason"
)]
#[case::name_alone(
    "[audit]\nignore = [\"private-import\"]\n",
    "`private-import` is ignored without a reason"
)]
#[case::no_such_rule(
    "[audit]\nselect = [\"private-imports\"]\n",
    "there is no rule `private-imports`; the nearest is `private-import`"
)]
#[case::no_such_setting("[audit]\nfail_on = \"note\"\n", "unknown field `fail_on`")]
#[case::no_toml("[audit\n", "TOML parse error")]
fn a_file_that_cannot_be_used(#[case] config: &str, #[case] message: &str) {
    let house = house();
    let path = house.write("soabi.toml", config.as_bytes());
    let finished = run(house.path(), &[], &["dist"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    let stderr = finished.stderr();
    assert!(
        stderr.starts_with(&format!("error: `{}`: ", path.canonicalize().unwrap().display())),
        "{stderr}"
    );
    assert!(stderr.contains(message) && stderr.contains("\nhint: "), "{stderr}");
}

#[rstest]
#[case(&["--select", "private-imports"], "the nearest is `private-import`")]
#[case(&["--config", "no-such-file.toml"], "`no-such-file.toml`: cannot be read")]
#[case(&["--fail-on", "fatal"], "possible values: error, warning, note, never")]
fn a_wish_that_nobody_understands(#[case] args: &[&str], #[case] message: &str) {
    let house = house();
    let finished = run(house.path(), &[], &[&["dist"], args].concat());
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    assert!(finished.stderr().contains(message), "{}", finished.stderr());
}

/// An interpreter of the file is required, unless the command line requires another; so is the form.
#[test]
fn interpreters_and_forms_of_the_file() {
    let house = Wheelhouse::new();
    let library = SPAM.compile();
    let wheel = house.wheel(&format!("cp39-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &library)]);
    let audit = |args: &[&str]| soabi(house.path()).args(["audit", &wheel]).args(args).run();
    house.write("soabi.toml", b"[audit]\npython = \"3.8\"\nformat = \"names\"\n");
    let finished = audit(&[]);
    assert_eq!((finished.code(), finished.stdout().as_str()), (Some(1), "spam\n"), "{}", finished.stderr());
    assert_eq!(audit(&["--python", "3.9"]).code(), Some(0));
    assert!(audit(&["--format", "json"]).stdout().starts_with('{'));
    for (text, words) in [
        ("format = \"yaml\"", "there is no form `yaml`; there are human, concise, json, "),
        ("python = \"./python\"", "a path is for the command line"),
        ("fail_on = \"note\"", "did you mean `fail-on`?"),
    ] {
        house.write("soabi.toml", format!("[audit]\n{text}\n").as_bytes());
        let finished = audit(&[]);
        assert_eq!(finished.code(), Some(2));
        assert!(finished.stderr().contains(words), "{}", finished.stderr());
    }
}

/// What could not be examined is told of and is no failure; an input that is not there is one all the same.
#[test]
fn unexamined_files_may_be_allowed() {
    let house = Wheelhouse::new();
    let wheel = house
        .wheel(&format!("cp39-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", b"\x7fELF, and no more")]);
    let audit = |args: &[&str]| soabi(house.path()).args(["audit", &wheel]).args(args).run();
    assert_eq!(audit(&[]).code(), Some(2));
    let allowed = audit(&["--allow-unexamined"]);
    assert_eq!(allowed.code(), Some(0), "{}", allowed.stdout());
    assert!(allowed.stdout().contains("spam.abi3.so"), "{}", allowed.stdout());
    assert_eq!(audit(&["--allow-unexamined", "no-such.whl"]).code(), Some(2));
    house.write("soabi.toml", b"[audit]\nallow-unexamined = true\n");
    assert_eq!(audit(&[]).code(), Some(0));
}
