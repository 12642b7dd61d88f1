//! `soabi why`, `soabi floor` and the words of `soabi explain`, as a user meets them.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use insta::assert_snapshot;
use rstest::rstest;

use crate::audit::wheelhouse::{ARCH, SPAM, Wheelhouse};
use crate::support::{Finished, Soabi, root};

fn soabi(args: &[&str]) -> Finished {
    Soabi::without_pythons().args(args).run()
}

/// What the program says when `text` is on its stdin.
fn piped(text: &[u8]) -> (Option<i32>, String) {
    let mut command = Soabi::without_pythons().args(["why", "-"]).command();
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[rstest]
#[case::message(&["why", "ImportError: /x/site-packages/uvloop/loop.cpython-310-x86_64-linux-gnu.so: undefined symbol: _PyGen_Send"], 0)]
#[case::words(&["why", "libGL.so.1:", "cannot", "open", "shared", "object", "file:", "No", "such", "file"], 0)]
#[case::unknown(&["why", "KeyError: 'spam'"], 1)]
#[case::symbol(&["why", "_PyUnicode_Ready"], 0)]
#[case::library_symbol(&["why", "__intel_sse2_strlen"], 0)]
#[case::unknown_symbol(&["why", "PyModule_Craete2"], 1)]
#[case::symbol_in_a_python(&["why", "_PyUnicode_Ready", "-p", "3.11"], 0)]
#[case::symbol_not_in_a_python(&["why", "_PyUnicode_Ready", "-p", "3.12"], 1)]
#[case::word(&["explain", "luck"], 0)]
#[case::id(&["explain", "cp27dmu"], 0)]
#[case::kind(&["explain", "glibc-version"], 0)]
fn screens(#[case] args: &[&str], #[case] code: i32) {
    let finished = soabi(args);
    assert_eq!((finished.code(), finished.stderr()), (Some(code), String::new()));
    let name = std::thread::current().name().unwrap_or_default().rsplit("::").next().unwrap().to_owned();
    assert_snapshot!(format!("why-{}", name.splitn(3, '_').nth(2).unwrap()), finished.stdout());
}

#[test]
fn a_traceback_on_stdin() {
    let text = b"Traceback (most recent call last):\n  File \"/x/lib/python3.12/site-packages/a/__init__.py\", line 1\n\
                 ImportError: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by /x/a/_a.abi3.so)\n";
    let (code, stdout) = piped(text);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("glibc 2.34") && stdout.contains("line 3"), "{stdout}");
}

/// Bytes that are no text, terminal sequences and a megabyte of anything: an answer or none, and never a control
/// character on the terminal.
#[rstest]
#[case::not_utf_8(b"\xff\xfe/x/_sp\xe4m.so: file too short\n".to_vec(), 0)]
#[case::escapes(b"\x1b[31m/x/a\x1b]0;y\x07.so: file too short\x1b[0m\n".to_vec(), 0)]
#[case::workflow_commands(b"::error::x\n/x/::a.so: undefined symbol: PyModule_Create2\n".to_vec(), 0)]
#[case::bidi("/x/\u{202e}a.so: undefined symbol: \u{202e}x\n".as_bytes().to_vec(), 1)]
#[case::nul(vec![0; 4096], 1)]
#[case::empty(Vec::new(), 1)]
#[case::long(b"/x/a.so: undefined symbol: PyModule_Create2 ".repeat(1 << 15), 0)]
fn hostile_text(#[case] text: Vec<u8>, #[case] code: i32) {
    let (found, stdout) = piped(&text);
    assert_eq!(found, Some(code), "{stdout}");
    let shown = |c: char| c == '\n' || soabi_core::foreign::is_shown(c);
    assert!(stdout.chars().all(shown) && !stdout.contains("::"), "{stdout:?}");
}

#[test]
fn no_question() {
    assert_eq!(soabi(&["why"]).code(), Some(2));
    assert_eq!(soabi(&["why", ""]).code(), Some(1));
}

#[test]
fn a_file_that_is_missing() {
    let finished = soabi(&["why", "no-such.so"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    assert!(finished.stderr().contains("`no-such.so` could not be read"), "{}", finished.stderr());
}

/// The program itself is a native file and no module.
#[test]
fn a_file_that_is_no_module() {
    let program = env!("CARGO_BIN_EXE_soabi");
    assert_eq!(soabi(&["why", program]).code(), Some(1));
    assert_eq!(soabi(&["floor", program]).code(), Some(0));
}

/// A file's name claims an ABI, or the tags of its wheel do: on Windows no name claims a stable one.
#[rstest]
#[case::by_its_name("cp311-abi3", "spam.abi3.so", "promises 3.11 and later (abi3)")]
#[case::by_the_tags("cp39-abi3", "spam.so", "promises 3.9 and later (abi3)")]
#[case::by_one_tag("cp311-cp311", "spam.so", "promises 3.11 (cp311)")]
fn the_abi_that_is_claimed(#[case] tag: &str, #[case] file: &str, #[case] promise: &str) {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&format!("{tag}-manylinux_2_17_{ARCH}"), &[(file, &SPAM.compile())]);
    let finished = soabi(&["floor", house.path().join(wheel).to_str().unwrap()]);
    assert!(finished.stdout().contains(promise), "{}", finished.stdout());
}

/// The report holds to its schema; `tests/schemas.rs` holds the schema to the types.
#[rstest]
#[case(&["why", "--format", "json", "x.so: file too short"], "soabi/why/v1")]
#[case(&["why", "--format", "json", "PyModule_Create2"], "soabi/why/v1")]
#[case(&["floor", "--format", "json", env!("CARGO_BIN_EXE_soabi")], "soabi/floor/v1")]
fn json(#[case] args: &[&str], #[case] schema: &str) {
    let report: serde_json::Value = soabi(args).json();
    assert_eq!(report["schema"], schema);
    let file = schema.trim_start_matches("soabi/").replace('/', "-") + ".json";
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("docs/schema").join(file)).unwrap()).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
}

#[test]
fn the_page_of_the_kinds_is_current() {
    let page = fs::read_to_string(root().join("docs/why.md")).unwrap();
    assert!(page == soabi_why::index(), "`just why` writes docs/why.md again");
}

/// What is asked for wrongly is answered with what could have been meant.
#[rstest]
#[case("lukc", "did you mean `luck`?")]
#[case("glibc-verison", "did you mean `glibc-version`?")]
#[case("symbol-captur", "did you mean `symbol-capture`?")]
#[case("_PyUnicode_Ready", "`soabi why _PyUnicode_Ready`")]
#[case("xyzzyxyzzy", "nothing is called")]
fn nearly_a_word(#[case] word: &str, #[case] hint: &str) {
    let finished = soabi(&["explain", word]);
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().contains(hint), "{}", finished.stderr());
}
