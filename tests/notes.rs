//! What the notes claim, asked of every interpreter, and the page that is made of it.
//!
//! The program runs once, and every case looks at its own interpreter. The answers that are expected stand in the
//! claims, written by hand; the program holds the interpreters to them, and here the program is held to saying so.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use insta::assert_snapshot;
use rstest::rstest;
use serde_json::{Value, json};
use soabi_core::{AbiTag, PyVersion};
use soabi_notes::{Group, claims};

use crate::harness::{Checked, Skip, ready, skip};
use crate::support::{Soabi, interpreter, narrowed, once, root};

static REPORT: LazyLock<Value> = LazyLock::new(|| {
    let run = || Soabi::new().args(["notes", "--format", "json"]).run().bytes();
    serde_json::from_slice(&once("notes.json", run)).unwrap()
});

/// The cells of the interpreter that `manifest` declares.
fn cells(manifest: &Path) -> Result<(AbiTag, Vec<&'static Value>), Skip> {
    let id = interpreter(manifest)?.id.abi;
    ready()?;
    let cells = REPORT["cells"].as_array().unwrap().iter();
    let cells: Vec<_> = cells.filter(|cell| cell["python"] == id.to_string()).collect();
    assert!(!cells.is_empty(), "{id} was not asked");
    Ok((id, cells))
}

/// The answer of an interpreter to one question.
fn answer<'c>(cells: &[&'c Value], claim: &str, row: &str, column: &str) -> Option<&'c str> {
    let cell = cells.iter().find(|cell| cell["claim"] == claim).unwrap();
    let line =
        cell["lines"].as_array().unwrap().iter().find(|line| line["row"] == row && line["column"] == column);
    line.and_then(|line| line["seen"].as_str())
}

#[rstest]
fn every_claim_is_as_expected(#[files("../../pythons/*.toml")] manifest: PathBuf) -> Checked {
    let (id, cells) = cells(&manifest)?;
    let asked: Vec<_> = cells.iter().map(|cell| cell["claim"].as_str().unwrap()).collect();
    assert_eq!(asked, claims().iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>());
    for cell in cells {
        let verdict = cell["verdict"].as_str().unwrap();
        let lines = cell["lines"].as_array().unwrap();
        let wrong: Vec<_> = lines.iter().filter(|line| line["verdict"] == "unexpected").collect();
        assert!(["holds", "changed", "does-not-hold"].contains(&verdict), "{}: {wrong:?}", cell["id"]);
        assert!(
            cell["lines"].as_array().unwrap().iter().any(|line| line["seen"].is_string()),
            "{id}: {}",
            cell["id"]
        );
    }
    Ok(())
}

/// Where versions part, from both sides, told here once more: it is from PEPs and the documentation, not from the
/// claims.
#[rstest]
#[case::oldargs("meth-oldargs", "the header has METH_OLDARGS", "answer", "True", "False", (3, 0))]
#[case::fastcall("meth-fastcall", "the header has METH_FASTCALL", "answer", "False", "True", (3, 6))]
#[case::pep_573("meth-method", "the header has METH_METHOD", "answer", "False", "True", (3, 9))]
#[case::bpo_22215("parse-strings", "u'a\\0b'", "s", "TypeError", "ValueError", (3, 5))]
#[case::bpo_36048("parse-integers-checked", "Index()", "i", "TypeError", "5", (3, 8))]
#[case::gh_132987("parse-integers-masked", "Index()", "k", "TypeError", "5", (3, 14))]
#[case::gh_132629("parse-integers-masked", "256", "B", "0", "0, DeprecationWarning", (3, 15))]
#[case::pep_667("globals-and-locals", "in a function, type of `frame.f_locals`", "answer", "dict", "FrameLocalsProxy", (3, 13))]
fn where_versions_part(
    #[files("../../pythons/*.toml")] manifest: PathBuf,
    #[case] claim: &str,
    #[case] row: &str,
    #[case] column: &str,
    #[case] before: &str,
    #[case] after: &str,
    #[case] first: (u8, u8),
) -> Checked {
    let (id, cells) = cells(&manifest)?;
    let is_after = id.python_version().unwrap() >= PyVersion::new(first.0, first.1);
    assert_eq!(answer(&cells, claim, row, column), Some(if is_after { after } else { before }), "{id}");
    Ok(())
}

/// The same length for both functions that a `#` format can call, or an exception, but never a wrong length.
#[rstest]
fn a_length_is_right_or_refused(#[files("../../pythons/*.toml")] manifest: PathBuf) -> Checked {
    let (id, cells) = cells(&manifest)?;
    let length = |door| answer(&cells, "parse-lengths", "the length that they hold", door).unwrap();
    assert_eq!(length("_PyArg_ParseTuple_SizeT"), "4", "{id}");
    let unclean = length("PyArg_ParseTuple");
    assert!(unclean == "4" || unclean.starts_with("SystemError: PY_SSIZE_T_CLEAN"), "{id}: {unclean}");
    Ok(())
}

#[test]
fn the_page_is_current() {
    let page = Soabi::with_the_required().args(["notes", "--format", "markdown"]).run();
    assert_eq!(page.code(), Some(0), "{}", page.stderr());
    let there = fs::read_to_string(root().join("docs/notes.md")).unwrap();
    assert!(page.stdout() == there, "docs/notes.md is not what the claims say; `just notes` writes it");
    for group in Group::ALL {
        assert!(there.contains(&format!("\n## {}\n", group.title())), "{group:?}");
    }
}

#[test]
fn the_screen() -> Checked {
    let soabi = Soabi::with_the_required().args(["notes", "meth-o", "parse-lengths", "module-frame"]);
    if narrowed().is_some() {
        return skip("the screen is that of the whole axis, which SOABI_PYTHON narrows");
    }
    ready()?;
    let finished = soabi.run();
    insta::with_settings!({filters => vec![(r"at most \d+ ms of processor time an interpreter \(.*\)", "at most [ms] ([id])")]}, {
        assert_snapshot!("notes", finished.stdout());
    });
    Ok(())
}

/// An interpreter that says that it is 3.11 and answers the claims with the shell command `answer`.
fn mock(folder: &Path, answer: &str) -> PathBuf {
    let python = folder.join("python3.11");
    let facts = json!({
        "result": "success", "implementation": "cpython", "version": "3.11.2", "hexversion": 0x030b_02f0,
        "abiflags": "", "counts_references": false, "pymalloc": true, "soabi": "cpython-311-x86_64-linux-gnu",
        "ext_suffixes": [".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"], "pointer_bits": 64,
        "debug": false, "gil_disabled": false, "wide_unicode": true, "platform": "linux-x86_64",
        "multiarch": null, "include_dirs": ["/nowhere"], "platinclude": null, "libpython": [],
        "executable": python, "prefix": "/", "base_prefix": "/",
    });
    let script =
        format!("#!/bin/sh\ncase \"$*\" in *ask.py*) {answer} ;; *) echo 'soabi-answer: {facts}' ;; esac\n");
    fs::write(&python, script).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    python
}

/// Asks a mock interpreter two claims.
fn ask_mock(answer: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let python = mock(folder.path(), answer);
    let soabi = Soabi::without_pythons().env("PATH", "/usr/bin:/bin").env("SOABI_PYTHON", &python);
    let finished = soabi.args(["notes", "bytecode-lookup", "module-frame"]).run();
    (finished.code(), finished.stdout())
}

#[test]
fn another_answer_is_unexpected() {
    let lie = r"printf 'begin\tmodule-frame\nsay\tmodule-frame\t`f_locals is f_globals`\tanswer\tFalse\n' >> answers";
    let (code, screen) = ask_mock(lie);
    assert_eq!(code, Some(1), "{screen}");
    assert!(
        screen.contains("module-frame@cp311: `f_locals is f_globals`: False (expected True)\n"),
        "{screen}"
    );
    assert!(
        screen.contains("bytecode-lookup@cp311: `x` is builtin alone: no answer (expected builtin)\n"),
        "{screen}"
    );
}

/// An interpreter that dies of a claim is asked the others all the same.
#[test]
fn a_crash_is_attributed_to_its_claim() {
    let die = r"for claim; do :; done; printf 'begin\t%s\n' $4 >> answers; kill -SEGV $$";
    let (code, screen) = ask_mock(die);
    assert_eq!(code, Some(1), "{screen}");
    for claim in ["bytecode-lookup", "module-frame"] {
        assert!(screen.contains(&format!("{claim}@cp311: it ends: killed by signal 11")), "{screen}");
    }
}

/// Without headers, what needs them is not asked, and says what would help.
#[test]
fn without_headers_claims_about_c_are_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let python = mock(folder.path(), ":");
    let soabi = Soabi::without_pythons().env("PATH", "/usr/bin:/bin").env("SOABI_PYTHON", &python);
    let finished = soabi.args(["notes", "meth-o"]).run();
    let screen = finished.stdout();
    assert_eq!(finished.code(), Some(2), "{screen}");
    assert!(screen.contains("  1 x cp311: no Python.h in `/nowhere`; they are in the package"), "{screen}");
}

#[test]
fn a_claim_that_is_none_is_told_which_there_are() {
    let finished = Soabi::without_pythons().args(["notes", "meth-x"]).run();
    assert_eq!(finished.code(), Some(2));
    assert!(
        finished
            .stderr()
            .starts_with("error: there is no claim `meth-x`\n\nhint: the claims are call-flags, "),
        "{}",
        finished.stderr()
    );
}
