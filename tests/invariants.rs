//! What `ARCHITECTURE.md` promises of the code, held over the dependency graph and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

/// Who may depend on whom, of our own crates. A crate that is not here may not exist.
const MAY_DEPEND_ON: [(&str, &[&str]); 13] = [
    ("soabi-child", &[]),
    ("soabi-core", &[]),
    ("soabi-object", &["soabi-core"]),
    ("soabi-definition", &["soabi-core", "soabi-object"]),
    ("soabi-rules", &["soabi-core", "soabi-object"]),
    ("soabi-python", &["soabi-child", "soabi-core"]),
    ("soabi-install", &["soabi-child", "soabi-core", "soabi-python"]),
    ("soabi-loader", &["soabi-core"]),
    ("soabi-harness", &["soabi-child", "soabi-core", "soabi-object", "soabi-rules", "soabi-python"]),
    ("soabi-notes", &["soabi-child", "soabi-core", "soabi-harness", "soabi-python"]),
    (
        "soabi",
        &[
            "soabi-child",
            "soabi-core",
            "soabi-object",
            "soabi-rules",
            "soabi-python",
            "soabi-loader",
            "soabi-harness",
            "soabi-install",
            "soabi-notes",
        ],
    ),
    ("spam-ffi", &[]),
    ("spam-pyo3", &[]),
];

/// Crates that read no file, start no process, and ask for no environment.
const PURE: [&str; 3] = ["soabi-core", "soabi-definition", "soabi-rules"];

/// Where `unsafe` may stand.
const UNSAFE: [&str; 3] = ["soabi-loader", "spam-ffi", "spam-pyo3"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The files below `folder` that end in `suffix`, without what was built.
fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with(".git") {
                found.extend(files(&path, suffix));
            }
        } else if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A Rust source without comments, doc comments and string contents, line by line. Good enough to look for
/// words: this project has no block comments.
fn code_lines(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    let strip = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().enumerate().map(|(at, line)| (at + 1, strip(line))).collect()
}

#[test]
fn dependencies_point_one_way() {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let allowed: BTreeMap<&str, &[&str]> = MAY_DEPEND_ON.into_iter().collect();
    let names: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, allowed.keys().copied().collect(), "a crate came or went");
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| names.contains(&*dependency.name)) {
            let (from, to) = (package.name.as_str(), dependency.name.as_str());
            assert!(allowed[from].contains(&to), "{from} may not depend on {to}");
        }
    }
}

#[rstest]
fn pure_crates_do_no_io(#[values(0, 1, 2)] which: usize) {
    let words = ["std::fs", "std::process", "std::env", "std::net", "std::io", "std::thread", "println!"];
    for path in files(&root().join("crates").join(PURE[which]).join("src"), ".rs") {
        for (number, line) in code_lines(&path) {
            for word in words {
                assert!(!line.contains(word), "{}:{number} has `{word}`", path.display());
            }
        }
    }
}

#[test]
fn unsafe_stands_where_it_may() {
    let crates = root().join("crates");
    for path in files(&crates, ".rs") {
        let owner = path.strip_prefix(&crates).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
        if UNSAFE.contains(&owner.as_str()) {
            continue;
        }
        for (number, line) in code_lines(&path) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let stands = words.into_iter().any(|word| word == "unsafe");
            assert!(!stands, "{}:{number} has `unsafe`", path.display());
        }
    }
}

#[test]
fn crates_without_unsafe_forbid_it() {
    for (name, _) in MAY_DEPEND_ON.iter().filter(|(name, _)| !UNSAFE.contains(name)) {
        let source = root().join("crates").join(name).join("src");
        let entry =
            ["lib.rs", "main.rs"].map(|file| source.join(file)).into_iter().find(|file| file.exists());
        let text = fs::read_to_string(entry.unwrap()).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{name} does not forbid unsafe code");
    }
}

/// A file that does not fit in a head has two subjects. Tables are data and may be longer.
#[test]
fn no_file_is_too_long() {
    for folder in ["crates", "tests"] {
        for path in files(&root().join(folder), ".rs") {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 600, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn files_are_named_after_what_is_in_them() {
    for path in files(&root().join("crates"), ".rs") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!["utils.rs", "util.rs", "imp.rs", "common.rs", "misc.rs", "helpers.rs"].contains(&&*name));
    }
}
