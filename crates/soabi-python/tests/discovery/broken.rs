//! Interpreters that do not answer: each is reported as what it did, and none stops the others.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::mock::{Machine, Mock};
use rstest::rstest;
use soabi_python::{Broken, QueryError, Request, SearchPlace, Selector, discover};

/// Asks `python` by its path, together with a good one, and returns what is wrong with it.
fn check(machine: &Machine, python: &Path, time_limit: Duration) -> QueryError {
    let good = machine.python("good/python3.11", &Mock::three(11, 7));
    let selection = vec![Selector::Path(python.to_owned()), Selector::Path(good.clone())];
    let discovery = discover(&Request { selection, time_limit, ..machine.request() });
    assert_eq!(discovery.found.len(), 1, "{discovery:?}");
    assert_eq!(discovery.found[0].executable, good);
    let [Broken { path, source: SearchPlace::Explicit, error }] =
        <[_; 1]>::try_from(discovery.broken).unwrap()
    else {
        panic!("not the explicit one");
    };
    assert_eq!(path, python);
    error
}

fn check_script(body: &str) -> QueryError {
    let machine = Machine::new();
    let python = machine.script("python3.9", body);
    check(&machine, &python, Duration::from_secs(30))
}

#[rstest]
#[case::exit_status("echo oops >&2; exit 3", "exit status 3: oops")]
#[case::another_usage("echo 'Unknown option: -E' >&2; exit 2", "exit status 2: Unknown option: -E")]
#[case::traceback(
    "printf 'Traceback:\n  File\nImportError: os\n\n' >&2; exit 1",
    "exit status 1: ImportError: os"
)]
#[case::fatal_error(
    "printf 'Fatal Python error\nThread 1\n' >&2; exit 1",
    "exit status 1: Fatal Python error"
)]
#[case::segmentation_fault("kill -SEGV $$", "killed by signal 11")]
#[case::abort("echo fatal >&2; kill -ABRT $$", "killed by signal 6: fatal")]
#[case::garbage("echo hello", "the output is not an answer: hello")]
#[case::silence("exit 0", "the output is not an answer")]
#[case::flood("exec yes", "more than 1048576 bytes of output, none of them an answer")]
#[case::stubborn_flood(
    "trap '' PIPE; yes & wait; sleep 1000",
    "more than 1048576 bytes of output, none of them an answer"
)]
#[case::no_object("echo 'soabi-answer: {'", "the answer cannot be read")]
#[case::half_an_answer(r#"echo 'soabi-answer: {"result": "success"}'"#, "the answer cannot be read")]
#[case::refusal(
    r#"echo 'soabi-answer: {"result": "error", "kind": "too_old", "message": "Python 2.6"}'"#,
    "Python 2.6"
)]
fn messages(#[case] body: &str, #[case] expected: &str) {
    assert_eq!(check_script(body).to_string(), expected);
}

#[rstest]
#[case::itself("exec sleep 1000")]
#[case::a_child_of_it("sleep 1000 & wait")]
#[case::with_its_output_closed("exec >&- 2>&-; sleep 1000")]
#[case::after_the_answer("echo 'soabi-answer: {}'; sleep 1000")]
fn hangs(#[case] body: &str) {
    let machine = Machine::new();
    let python = machine.script("python3.9", body);
    let error = check(&machine, &python, Duration::from_secs(2));
    assert!(matches!(error, QueryError::TimedOut { .. }), "{error:?}");
    assert!(error.to_string().starts_with("no answer within 2s"));
}

#[test]
fn nothing_there() {
    let machine = Machine::new();
    let error = check(&machine, &machine.path("python3.9"), Duration::from_secs(30));
    assert!(matches!(error, QueryError::NotFound), "{error:?}");
}

#[test]
fn broken_link() {
    let machine = Machine::new();
    let python = machine.link("gone/python3.9", "python3.9");
    let error = check(&machine, &python, Duration::from_secs(30));
    assert_eq!(error.to_string(), "a broken link to `gone/python3.9`");
}

#[test]
fn directory() {
    let machine = Machine::new();
    let python = machine.path("python3.9");
    fs::create_dir(&python).unwrap();
    let error = check(&machine, &python, Duration::from_secs(30));
    assert!(matches!(error, QueryError::Directory), "{error:?}");
    assert_eq!(error.hint(), Some("name the interpreter in it: `bin/python`"));
}

#[test]
fn not_executable() {
    let machine = Machine::new();
    let python = machine.script("python3.9", "exit 0");
    assert!(Command::new("chmod").arg("644").arg(&python).status().unwrap().success());
    let error = check(&machine, &python, Duration::from_secs(30));
    assert!(matches!(error, QueryError::NotExecutable), "{error:?}");
}

#[test]
fn loader_not_there() {
    let machine = Machine::new();
    let python = machine.file("python3.9", "#!/no/such/loader\n");
    let error = check(&machine, &python, Duration::from_secs(30));
    assert!(matches!(error, QueryError::NoLoader), "{error:?}");
}

#[rstest]
#[case::another_format("MZ not for this system")]
#[case::empty("")]
fn foreign_format(#[case] text: &str) {
    let machine = Machine::new();
    let python = machine.file("python3.9", text);
    let error = check(&machine, &python, Duration::from_secs(30));
    assert!(matches!(error, QueryError::ForeignFormat), "{error:?}");
}

#[rstest]
#[case("rustpython", Some(""), ".so")]
#[case("pypy", None, ".so")]
#[case("graalpy", None, ".graalpy-38-native-x86_64-linux.so")]
fn abi_without_a_name(
    #[case] implementation: &'static str,
    #[case] abiflags: Option<&'static str>,
    #[case] suffix: &str,
) {
    let mock = Mock { implementation, abiflags, ext_suffixes: vec![suffix.to_owned()], ..Mock::three(8, 5) };
    let expected =
        format!("{implementation} 3.8.5 with the suffix `{suffix}` has no ABI tag that soabi knows");
    assert_eq!(check_script(&mock.answer()).to_string(), expected);
}

/// What a good answer may be surrounded by.
#[rstest]
#[case::before("echo hello; printf 'no newline'", "")]
#[case::after("", "echo bye")]
#[case::on_stderr("yes | head -c 300000 >&2", "")]
#[case::a_child_left_behind("sleep 1000 &", "")]
fn noise(#[case] before: &str, #[case] after: &str) {
    let machine = Machine::new();
    machine.script("bin/python3.11", &format!("{before}\n{}\n{after}", Mock::three(11, 7).answer()));
    let discovery = discover(&machine.request());
    assert_eq!(discovery.found.len(), 1, "{discovery:?}");
    assert!(discovery.broken.is_empty(), "{discovery:?}");
}
