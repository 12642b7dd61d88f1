//! The folder `pythons/`, file by file.

use std::path::PathBuf;

use rstest::rstest;
use soabi_core::{AbiTag, CpythonAbi, ExtSuffix};
use soabi_python::{Manifest, ManifestError, Recipe, manifests};

#[rstest]
fn every_file(#[files("../../pythons/*")] path: PathBuf) {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    assert_eq!(path.extension().unwrap(), "toml");
    let manifest = manifests().iter().find(|manifest| manifest.id.to_string() == stem).unwrap();
    let version = match manifest.id {
        AbiTag::Cpython(CpythonAbi { version, free_threaded, debug, .. }) => {
            assert_eq!((manifest.gil, manifest.debug), (!free_threaded, debug));
            version
        }
        AbiTag::Pypy { python, .. } => python,
        other => panic!("{other} is no interpreter's ABI"),
    };
    assert_eq!(manifest.version, version);
    assert!(!manifest.ext_suffixes.is_empty());
    assert!(!manifest.get.is_empty(), "nobody can get it");
    assert!(!manifest.install.is_empty(), "soabi cannot get it");
    for suffix in &manifest.ext_suffixes {
        let works = match (ExtSuffix::parse(suffix).unwrap().abi(), manifest.id) {
            (AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None, _) => true,
            (AbiTag::Cpython(claimed), AbiTag::Cpython(own)) => claimed.serves(own),
            (claimed, own) => claimed == own,
        };
        assert!(works, "{suffix}");
    }
    if let Some(soabi) = &manifest.soabi {
        assert_eq!(manifest.ext_suffixes[0], format!(".{soabi}.so"));
    }
}

#[test]
fn sorted_by_version_and_unique() {
    assert!(manifests().is_sorted_by(|a, b| a.id < b.id));
    let pypy = |manifest: &Manifest| matches!(manifest.id, AbiTag::Pypy { .. });
    assert!(manifests().is_sorted_by_key(|manifest| (pypy(manifest), manifest.version)));
}

/// The tests want no more than what every distribution and version manager has.
#[test]
fn what_is_required() {
    let required = manifests().iter().filter(|manifest| manifest.required);
    let ids: Vec<_> = required.map(|manifest| manifest.id.to_string()).collect();
    assert_eq!(ids, ["cp27mu", "cp36m", "cp37m", "cp38", "cp39", "cp310", "cp311", "cp312", "cp313"]);
}

const GOOD: &str = r#"
version = "3.11"
required = false
gil = true
debug = false
ext_suffixes = [".so"]
get = [{ with = "uv", command = "uv python install 3.11" }]
"#;

#[test]
fn a_good_file() {
    let manifest = Manifest::parse("cp311", GOOD).unwrap();
    assert_eq!(manifest.soabi, None);
    assert_eq!(manifest.get[0].command, "uv python install 3.11");
}

#[test]
fn recipes_in_their_order() {
    let text = GOOD.to_owned()
        + r#"
[[install]]
with = "uv"
request = "3.11"

[[install]]
with = "debian"
suite = "bookworm"
python = "usr/bin/python3.11"
packages = ["python3.11"]

[[install]]
with = "source"
suite = "bookworm"
package = "python3.11"
configure = ["--with-pydebug"]

[[install]]
with = "pyenv"
version = "3.11"
"#;
    let expected = [
        Recipe::Uv { request: "3.11".to_owned() },
        Recipe::Debian {
            suite: "bookworm".to_owned(),
            packages: vec!["python3.11".to_owned()],
            python: "usr/bin/python3.11".to_owned(),
        },
        Recipe::Source {
            suite: "bookworm".to_owned(),
            package: "python3.11".to_owned(),
            configure: vec!["--with-pydebug".to_owned()],
        },
        Recipe::Pyenv { version: "3.11".to_owned(), configure: Vec::new() },
    ];
    assert_eq!(Manifest::parse("cp311", &text).unwrap().install, expected);
}

#[rstest]
#[case::recipe_without_its_parameters(GOOD.to_owned() + "[[install]]\nwith = \"uv\"", "request")]
#[case::recipe_of_nobody(GOOD.to_owned() + "[[install]]\nwith = \"magic\"", "magic")]
#[case::recipe_with_more(GOOD.to_owned() + "[[install]]\nwith = \"uv\"\nrequest = \"3.11\"\nsuite = \"sid\"", "suite")]
#[case::unknown_key(GOOD.replace("debug", "colour = 1\ndebug"), "colour")]
#[case::unknown_key_of_a_way(GOOD.replace("command", "colour = 1, command"), "colour")]
#[case::unknown_provider(GOOD.replace("\"uv\"", "\"magic\""), "magic")]
#[case::key_left_out(GOOD.replace("gil = true", ""), "gil")]
#[case::patch_level(GOOD.replace("3.11\"\nreq", "3.11.7\"\nreq"), "3.11.7")]
fn a_bad_file(#[case] text: String, #[case] named: &str) {
    let Err(ManifestError::Keys { stem, source }) = Manifest::parse("cp311", &text) else {
        panic!("accepted");
    };
    assert_eq!(stem, "cp311");
    assert!(source.message().contains(named), "{source}");
}

#[test]
fn a_bad_name() {
    assert!(matches!(Manifest::parse("python3", GOOD), Err(ManifestError::Id { .. })));
}
