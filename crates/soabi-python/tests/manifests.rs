//! The folder `pythons/`, file by file.

use std::path::PathBuf;

use rstest::rstest;
use soabi_core::{AbiTag, CpythonAbi, ExtSuffix};
use soabi_python::{InstallMethod, Manifest, ManifestError, manifests};

#[rstest]
fn every_file(#[files("../../pythons/*")] path: PathBuf) {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    assert_eq!(path.extension().unwrap(), "toml");
    let manifest = manifests().iter().find(|manifest| manifest.id.to_string() == stem).unwrap();
    assert!(matches!(manifest.id, AbiTag::Cpython(_) | AbiTag::Pypy { .. }), "not the ABI of an interpreter");
    assert!(!manifest.ext_suffixes.is_empty());
    assert!(manifest.get.iter().any(InstallMethod::is_automatic), "soabi cannot install it");
    assert!(manifest.get.iter().any(|method| method.system().is_none()), "only one system has it");
    for suffix in &manifest.ext_suffixes {
        let works = match (ExtSuffix::parse(suffix).unwrap().abi(), manifest.id) {
            (AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None, _) => true,
            (AbiTag::Cpython(claimed), AbiTag::Cpython(own)) => claimed.serves(own),
            (claimed, own) => claimed == own,
        };
        assert!(works, "{suffix}");
    }
}

/// PEP 3149: the `SOABI` of CPython 3 is `cpython-`, the tag without `cp`, and the platform.
#[rstest]
#[case("cp27mu", None)]
#[case("cp36m", Some("cpython-36m-{platform}"))]
#[case("cp313td", Some("cpython-313td-{platform}"))]
#[case("pypy311_pp73", None)]
fn soabi_of_the_suffix(#[case] id: &str, #[case] soabi: Option<&str>) {
    assert_eq!(Manifest::of(id.parse().unwrap()).unwrap().soabi(), soabi);
}

#[rstest]
#[case("cp27mu", "2.7", true, false)]
#[case("cp27dmu", "2.7", true, true)]
#[case("cp313", "3.13", true, false)]
#[case("cp313t", "3.13", false, false)]
#[case("cp313td", "3.13", false, true)]
#[case("pypy311_pp80", "3.11", true, false)]
fn facts_of_the_name(#[case] id: &str, #[case] version: &str, #[case] gil: bool, #[case] debug: bool) {
    let manifest = Manifest::of(id.parse().unwrap()).unwrap();
    assert_eq!(manifest.version().to_string(), version);
    assert_eq!((manifest.has_gil(), manifest.is_debug()), (gil, debug));
}

#[test]
fn sorted_by_version_and_unique() {
    assert!(manifests().is_sorted_by(|a, b| a.id < b.id));
    let pypy = |manifest: &Manifest| matches!(manifest.id, AbiTag::Pypy { .. });
    assert!(manifests().is_sorted_by_key(|manifest| (pypy(manifest), manifest.version())));
}

/// The tests require what every distribution and version manager has: release builds with a GIL that are no
/// pre-releases.
#[test]
fn required() {
    for manifest in manifests().iter().filter(|manifest| manifest.required) {
        let AbiTag::Cpython(abi) = manifest.id else { panic!("{} is not CPython", manifest.id) };
        assert_eq!(abi, CpythonAbi::release(abi.version));
    }
    assert!(manifests().iter().any(|manifest| manifest.required));
}

const GOOD: &str = r#"
required = false
ext_suffixes = [".cpython-311-{platform}.so", ".so"]
get = [{ with = "uv", request = "3.11" }]
"#;

#[test]
fn a_good_file() {
    let manifest = Manifest::parse("cp311", GOOD).unwrap();
    assert_eq!(manifest.suffixes_on("darwin"), [".cpython-311-darwin.so", ".so"]);
    assert_eq!(manifest.get, [InstallMethod::Uv { request: "3.11".to_owned() }]);
}

/// One entry per line: whether soabi uses it, its system, and the command for people.
#[rstest]
#[case(r#"with = "uv", request = "3.13t""#, true, None, "uv python install 3.13t")]
#[case(r#"with = "debian", suite = "sid", apt = ["a", "b"]"#, false, Some("Debian sid"), "apt install a b")]
#[case(
    r#"with = "debian", suite = "sid", apt = ["a"], unpack = { python = "usr/bin/a", packages = ["a", "c"] }"#,
    true,
    Some("Debian sid"),
    "apt install a"
)]
#[case(r#"with = "ubuntu", release = "24.04", apt = ["a"]"#, false, Some("Ubuntu 24.04"), "apt install a")]
#[case(
    r#"with = "source", configure = ["--disable-gil"]"#,
    false,
    None,
    "./configure --enable-shared --disable-gil && make && make install"
)]
#[case(
    r#"with = "source", configure = [], debian = { suite = "sid", package = "a" }"#,
    true,
    None,
    "./configure --enable-shared && make && make install"
)]
#[case(
    r#"with = "pyenv", version = "3.13""#,
    true,
    None,
    "PYTHON_CONFIGURE_OPTS='--enable-shared' pyenv install 3.13"
)]
#[case(
    r#"with = "pyenv", version = "2.7", configure = ["--enable-unicode=ucs4"]"#,
    true,
    None,
    "PYTHON_CONFIGURE_OPTS='--enable-shared --enable-unicode=ucs4' pyenv install 2.7"
)]
#[case(r#"with = "pyenv", version = "pypy3.11""#, true, None, "pyenv install pypy3.11")]
#[case(r#"with = "image", image = "python:3.13""#, false, None, "docker run --rm -it python:3.13")]
fn methods(
    #[case] entry: &str,
    #[case] automatic: bool,
    #[case] system: Option<&str>,
    #[case] command: &str,
) {
    let text = format!("required = false\next_suffixes = []\nget = [{{ {entry} }}]\n");
    let manifest = Manifest::parse("cp311", &text).unwrap();
    let method = &manifest.get[0];
    assert_eq!(method.is_automatic(), automatic);
    assert_eq!(method.system().as_deref(), system);
    assert_eq!(method.command(), command);
}

const DEBIAN: &str = r#"{ with = "debian", suite = "sid", apt = ["a"] }"#;
const SOURCE: &str = r#"{ with = "source", configure = [] }"#;
const PYENV: &str = r#"{ with = "pyenv", version = "pypy3.11" }"#;
const UV: &str = r#"{ with = "uv", request = "3.11" }"#;

#[rstest]
#[case::none(&[], None)]
#[case::one_system(&[DEBIAN], Some("get it with `apt install a` on Debian sid"))]
#[case::every_system_first(
    &[DEBIAN, SOURCE],
    Some("get it with `./configure --enable-shared && make && make install`")
)]
#[case::a_build_by_hand_last(
    &[DEBIAN, SOURCE, PYENV, UV],
    Some("get it with `soabi pythons --install cp311`, or by hand: `pyenv install pypy3.11`")
)]
fn how_to_get(#[case] entries: &[&str], #[case] expected: Option<&str>) {
    let text = format!("required = false\next_suffixes = []\nget = [{}]\n", entries.join(", "));
    assert_eq!(Manifest::parse("cp311", &text).unwrap().how_to_get().as_deref(), expected);
}

#[rstest]
#[case::method_without_its_parameters(GOOD.replace(", request = \"3.11\"", ""), "request")]
#[case::unknown_method(GOOD.replace("\"uv\"", "\"magic\""), "magic")]
#[case::unknown_key_of_a_method(GOOD.replace("request", "suite = \"sid\", request"), "suite")]
#[case::unknown_key(GOOD.to_owned() + "colour = 1\n", "colour")]
#[case::fact_of_the_name(GOOD.to_owned() + "version = \"3.11\"\n", "version")]
#[case::key_left_out(GOOD.replace("required = false", ""), "required")]
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
    assert!(matches!(Manifest::parse("abi3", GOOD), Err(ManifestError::NotAnInterpreter { .. })));
}
