//! What `ARCHITECTURE.md` promises of the code, held over the dependency graph and the sources. Clippy holds the rest:
//! `clippy.toml` beside the manifest of a crate that does no I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

use crate::imports::{self, circles};
use crate::support::root;

/// The crates that do no I/O, of those that exist.
fn pure_crates() -> Vec<PathBuf> {
    let names = ["core", "report", "object", "definition", "rules", "why"];
    let folders = names.map(|name| root().join("crates").join(format!("soabi-{name}")));
    folders.into_iter().filter(|folder| folder.exists()).collect()
}

/// Where `unsafe` may stand.
const UNSAFE: [&str; 3] = ["soabi-loader", "spam-ffi", "spam-pyo3"];

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

/// The crates of this workspace, each with those of them that it depends on, for its tests too.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let names: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let ours = |package: &cargo_metadata::Package| {
        let all = package.dependencies.iter().map(|dependency| dependency.name.clone());
        (package.name.to_string(), all.filter(|name| names.contains(name)).collect())
    };
    metadata.packages.iter().map(ours).collect()
}

/// The layers that `ARCHITECTURE.md` lists, in its order: a crate, and those that it may depend on.
fn layers() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, list) = text.split_once("```layers\n").unwrap();
    let (list, _) = list.split_once("```").unwrap();
    let line = |line: &str| {
        let (name, below) = line.split_once("<-").unwrap_or((line, ""));
        let below = below.split(',').map(str::trim).filter(|name| !name.is_empty());
        (name.trim().to_owned(), below.map(|name| format!("soabi-{name}")).collect())
    };
    list.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

#[test]
fn dependencies_point_one_way() {
    let layers = layers();
    let mut above = BTreeSet::new();
    for (name, below) in &layers {
        assert!(below.is_subset(&above), "{name} may not name a crate that stands below it");
        assert!(above.insert(name.clone()), "{name} stands twice in the list");
    }
    let layers: BTreeMap<_, _> = layers.into_iter().collect();
    for (name, dependencies) in dependencies() {
        let Some(allowed) = layers.get(&name) else {
            panic!("{name} has no line in the list of layers in ARCHITECTURE.md");
        };
        for dependency in dependencies {
            assert!(allowed.contains(&dependency), "{name} may not depend on {dependency}");
        }
    }
}

#[test]
fn crates_form_no_circle() {
    assert_eq!(circles(&dependencies()), BTreeMap::new());
}

/// The root file of every crate that is a library or a program.
fn crate_roots() -> Vec<PathBuf> {
    let sources = files(&root().join("crates"), ".rs");
    let is_root = |path: &PathBuf| path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    sources.into_iter().filter(is_root).collect()
}

#[test]
fn files_form_no_circle() {
    let mut found = Vec::new();
    for source in crate_roots() {
        for (from, to) in circles(&imports::of_crate(&source)) {
            for to in to {
                let names = [&from, &to].map(|file| file.strip_prefix(root()).unwrap());
                found.push(format!("{} imports {}", names[0].display(), names[1].display()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "these files import each other");
}

/// A crate made of four files in which `from` imports `to`.
fn small_crate(from: &str, to: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = BTreeMap::from([
        ("lib.rs", "mod low; mod mid; pub use mid::Mid;\n".to_owned()),
        ("low.rs", "pub struct Low;\n#[cfg(test)] mod tests { use crate::mid::Mid; }\n".to_owned()),
        ("mid/mod.rs", "mod deep; use crate::low; pub struct Mid(low::Low, deep::Deep);\n".to_owned()),
        ("mid/deep.rs", "pub struct Deep;\n".to_owned()),
    ]);
    *sources.get_mut(from).unwrap() += to;
    for (name, text) in sources {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    circles(&imports::of_crate(&folder.path().join("lib.rs"))).len()
}

#[rstest]
#[case::none("low.rs", "", 0)]
#[case::tests_may("low.rs", "#[cfg(test)] mod more { fn f(_: crate::Mid) {} }", 0)]
#[case::up("low.rs", "use crate::mid::Mid;", 2)]
#[case::by_path("low.rs", "fn f(_: crate::mid::Mid) {}", 2)]
#[case::through_a_module("low.rs", "use crate::mid; fn f(_: mid::Mid) {}", 2)]
#[case::through_a_re_export("low.rs", "use crate::Mid as Other;", 2)]
#[case::through_everything("low.rs", "use crate::mid::*; fn f(_: self::Mid) {}", 2)]
#[case::in_a_macro("low.rs", "fn f() { println!(\"{}\", size_of::<crate::mid::Mid>()); }", 2)]
#[case::child_and_parent("mid/deep.rs", "use super::Mid;", 2)]
#[case::a_module_alone("mid/deep.rs", "use crate::low;", 0)]
fn circles_are_found(#[case] from: &str, #[case] more: &str, #[case] files: usize) {
    assert_eq!(small_crate(from, more), files);
}

/// Formats get a report and know neither the commands nor what filters or runs. Of the rules, SARIF lists the names.
#[test]
fn output_formats_only_render() {
    let source = root().join("crates/soabi/src");
    let command = source.join("command");
    let graph = imports::of_crate(&source.join("main.rs"));
    let formats: Vec<_> = graph.iter().filter(|(file, _)| file.starts_with(source.join("output"))).collect();
    assert!(!formats.is_empty());
    for (file, imported) in formats {
        let commands: Vec<_> = imported.iter().filter(|file| file.starts_with(&command)).collect();
        assert!(commands.is_empty(), "{} imports {commands:?}", file.display());
        let text = fs::read_to_string(file).unwrap();
        for name in ["soabi_audit", "soabi_harness", "soabi_install", "soabi_object"] {
            assert!(!text.contains(name), "{} imports {name}", file.display());
        }
    }
}

/// Clippy reads the `clippy.toml` that is nearest to a manifest, and no other.
#[test]
fn pure_crates_have_one_configuration_of_clippy() {
    let common = fs::read_to_string(root().join("clippy.toml")).unwrap();
    let crates = pure_crates();
    let read = |folder: &PathBuf| fs::read_to_string(folder.join("clippy.toml")).unwrap_or_default();
    for folder in &crates {
        let text = read(folder);
        let name = folder.display();
        assert!(
            text.starts_with(&common),
            "{name}/clippy.toml does not begin with the workspace's clippy.toml"
        );
        assert_eq!(text, read(&crates[0]), "{name}/clippy.toml differs from that of the first crate");
    }
}

#[test]
fn crates_without_unsafe_forbid_it() {
    for source in crate_roots() {
        let owner = source.ancestors().nth(2).unwrap().file_name().unwrap().to_string_lossy().into_owned();
        // The projects of toolkits are specimens, one below the other's folder.
        let is_specimen = source.starts_with(root().join("crates/spam-toolkits"));
        if !is_specimen && !UNSAFE.contains(&owner.as_str()) {
            let text = fs::read_to_string(&source).unwrap();
            assert!(text.contains("#![forbid(unsafe_code)]"), "{owner} does not forbid unsafe code");
        }
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
