//! What an audit reads when nothing, a pattern, a folder for uploads or the name of a release is given.

use std::fs;
use std::path::Path;

use rstest::rstest;
use soabi_report::AuditReport;

use super::soabi;
use super::wheelhouse::{ARCH, SPAM, Wheelhouse};
use crate::support::{Finished, Soabi};

fn tag() -> String {
    format!("cp39-abi3-manylinux_2_17_{ARCH}")
}

/// A wheel of `spam 1.0` in `folder`.
fn put_wheel(house: &Wheelhouse, folder: &str) -> String {
    let wheel = house.wheel(&tag(), &[("spam.abi3.so", &SPAM.compile())]);
    let path = format!("{folder}/{wheel}");
    house.write(&path, &fs::read(house.path().join(&wheel)).unwrap());
    fs::remove_file(house.path().join(&wheel)).unwrap();
    path
}

/// An environment with `name 1.0`.
fn put_environment(house: &Wheelhouse, folder: &str, name: &str) {
    let site = format!("{folder}/lib/python3.12/site-packages");
    house.write(&format!("{folder}/pyvenv.cfg"), b"home = /usr/bin\n");
    house.write(&format!("{site}/{name}.abi3.so"), &SPAM.compile());
    let wheel = format!("Wheel-Version: 1.0\nTag: {}\n", tag());
    house.write(&format!("{site}/{name}-1.0.dist-info/WHEEL"), wheel.as_bytes());
    let record = format!("{name}.abi3.so,,\n{name}-1.0.dist-info/RECORD,,\n");
    house.write(&format!("{site}/{name}-1.0.dist-info/RECORD"), record.as_bytes());
}

fn run(soabi: Soabi, args: &[&str]) -> Finished {
    soabi
        .without("VIRTUAL_ENV")
        .args(["audit", "--no-config", "--no-cache", "--format", "json"])
        .args(args)
        .run()
}

/// The paths of the subjects.
fn subjects(finished: &Finished) -> Vec<String> {
    let report: AuditReport = finished.json();
    report.subjects.into_iter().map(|subject| subject.path).collect()
}

#[test]
fn without_a_path_it_is_what_was_built() {
    let house = Wheelhouse::new();
    put_environment(&house, ".venv", "eggs");
    let wheel = put_wheel(&house, "dist");
    let finished = run(soabi(house.path()), &[]);
    assert_eq!(subjects(&finished), [wheel]);
    assert_eq!(finished.stderr(), "auditing dist (no path was given)\n");
    assert_eq!(run(soabi(house.path()), &["-q"]).stderr(), "");
}

#[test]
fn or_the_environment() {
    let house = Wheelhouse::new();
    put_environment(&house, ".venv", "eggs");
    put_environment(&house, "other", "ham");
    house.write("dist/app.js", b"no wheel");
    house.write("src/spam/__init__.py", b"");
    let info = |environment: &str, name: &str| {
        format!("{environment}/lib/python3.12/site-packages/{name}-1.0.dist-info")
    };
    assert_eq!(subjects(&run(soabi(house.path()), &[])), [info(".venv", "eggs")]);
    let root = house.path().canonicalize().unwrap();
    let nearest = format!("{}/.venv", root.display());
    assert_eq!(subjects(&run(soabi(&root.join("src/spam")), &[])), [info(&nearest, "eggs")]);
    let active = root.join("other");
    let finished = soabi(house.path())
        .env("VIRTUAL_ENV", &active)
        .args(["audit", "--no-config", "--no-cache", "--format", "json"])
        .run();
    assert_eq!(subjects(&finished), [info(active.to_str().unwrap(), "ham")]);
}

#[test]
fn or_a_mistake() {
    let house = Wheelhouse::new();
    let finished = run(soabi(house.path()), &[]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    let stderr = finished.stderr();
    assert!(stderr.starts_with("error: nothing to audit: there is no wheel in `dist`"), "{stderr}");
    assert!(stderr.contains("hint: build a wheel (`python -m build`, `uv build`)"), "{stderr}");
}

/// `dist/*` is what people give to upload tools.
#[test]
fn what_lies_beside_wheels_is_passed_over() {
    let house = Wheelhouse::new();
    let wheel = put_wheel(&house, "dist");
    let [sdist, signature] = ["dist/spam-1.0.tar.gz".to_owned(), format!("{wheel}.asc")];
    house.write(&sdist, b"\x1f\x8b\x08\0");
    house.write(&signature, b"-----BEGIN PGP SIGNATURE-----");
    for args in [&["dist"][..], &[&wheel, &sdist, &signature]] {
        let finished = run(soabi(house.path()), args);
        let report: AuditReport = finished.json();
        assert_eq!(finished.code(), Some(0));
        assert_eq!(report.subjects.len(), 1);
        let mut skipped: Vec<_> = report.skipped.iter().map(|skipped| skipped.path.clone()).collect();
        skipped.sort();
        assert_eq!(skipped, [signature.clone(), sdist.clone()]);
    }
    let screen = soabi(house.path()).args(["audit", "dist", "--no-config"]).run().stdout();
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("spam-1.0.tar.gz (source distribution)"), "{screen}");
}

#[test]
fn a_source_distribution_alone_is_nothing_to_audit() {
    let house = Wheelhouse::new();
    house.write("spam-1.0.tar.gz", b"\x1f\x8b\x08\0");
    let finished = run(soabi(house.path()), &["spam-1.0.tar.gz"]);
    assert_eq!(finished.code(), Some(2));
    let stderr = finished.stderr();
    assert!(stderr.contains("`spam-1.0.tar.gz` is a source distribution"), "{stderr}");
    assert!(stderr.contains("hint: build a wheel of it: `pip wheel --no-deps spam-1.0.tar.gz`"), "{stderr}");
}

/// Other files are named for what they are.
#[rstest]
#[case("README.md", b"# spam\n", "it is a text file; soabi reads wheels")]
#[case("spam.zip", b"PK\x03\x04", "it is a source distribution or another archive")]
#[case("spam.whl.part", b"PK\x03\x04", "it is a ZIP archive without the name of a wheel")]
fn other_files(#[case] name: &str, #[case] bytes: &[u8], #[case] message: &str) {
    let house = Wheelhouse::new();
    let wheel = put_wheel(&house, "dist");
    house.write(name, bytes);
    let finished = run(soabi(house.path()), &[&wheel, name]);
    let report: AuditReport = finished.json();
    assert_eq!(finished.code(), Some(2));
    assert!(report.subjects[1].errors[0].message.starts_with(message), "{:?}", report.subjects[1].errors);
}

/// Not every shell expands patterns.
#[test]
fn patterns() {
    let house = Wheelhouse::new();
    let wheel = put_wheel(&house, "dist");
    assert_eq!(subjects(&run(soabi(house.path()), &["dist/*.whl"])), [wheel]);
    let finished = run(soabi(house.path()), &["dist/*.egg"]);
    let report: AuditReport = finished.json();
    assert_eq!(report.subjects[0].errors[0].message, "no file matches this pattern");
    assert_eq!(finished.code(), Some(2));
    house.write("odd[1].so", &SPAM.compile());
    assert_eq!(
        subjects(&run(soabi(house.path()), &["odd[1].so"])),
        ["odd[1].so"],
        "a file's own name comes first"
    );
}

/// A pip that has one wheel, for CPython with a GIL, and writes down how it was asked.
pub(super) fn fake_pip(house: &Wheelhouse) {
    use std::os::unix::fs::PermissionsExt;
    let wheel = put_wheel(house, "index");
    let root = house.path().display();
    let script = format!(
        "#!/bin/sh\necho \"$*\" >>'{root}/asked'\ncase \"$*\" in\n  *abi3t*) echo 'ERROR: No matching distribution \
         found for spam'; exit 1;;\n  *spam*) ;;\n  *) echo 'ERROR: no network'; exit 1;;\nesac\nwhile [ \"$1\" != --dest \
         ]; do shift; done\n/bin/cp '{root}/{wheel}' \"$2\"\n"
    );
    let pip = house.write("bin/pip", script.as_bytes());
    fs::set_permissions(pip, fs::Permissions::from_mode(0o755)).unwrap();
}

fn fetch(house: &Wheelhouse, path: &Path, args: &[&str]) -> Finished {
    let soabi = soabi(house.path()).env("PATH", path).env("SOABI_CACHE_DIR", house.path().join("cache"));
    soabi.args(["audit", "--no-config", "--format", "json"]).args(args).run()
}

#[test]
fn a_release_by_name_is_fetched_once() {
    let house = Wheelhouse::new();
    fake_pip(&house);
    let bin = house.path().join("bin");
    let first = fetch(&house, &bin, &["spam==1.0"]);
    assert_eq!(first.code(), Some(0), "{}", first.stderr());
    assert!(
        first.stderr().starts_with("fetching spam==1.0 with `pip download --no-deps"),
        "{}",
        first.stderr()
    );
    let wheel = format!("{}/cache/wheels/spam-1.0/spam-1.0-{}.whl", house.path().display(), tag());
    assert_eq!(subjects(&first), [wheel]);
    let asked = fs::read_to_string(house.path().join("asked")).unwrap();
    for words in
        ["--only-binary :all:", "--python-version 3.9 --abi cp39 --abi abi3", "--abi cp314t --abi abi3t"]
    {
        assert!(asked.contains(words), "{asked}");
    }
    let second = fetch(&house, &house.path().join("nowhere"), &["spam==1.0"]);
    assert_eq!((second.stdout(), second.stderr()), (first.stdout(), String::new()));
}

#[rstest]
#[case::not_there("eggs==1.0", "bin", "`eggs==1.0` could not be fetched: ERROR: no network")]
#[case::no_pip("spam==1.0", "nowhere", "nothing can be fetched: neither `pip` nor `uv` is on PATH")]
fn what_cannot_be_fetched(#[case] wanted: &str, #[case] path: &str, #[case] message: &str) {
    let house = Wheelhouse::new();
    fake_pip(&house);
    let finished = fetch(&house, &house.path().join(path), &[wanted]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    assert!(finished.stderr().contains(message), "{}", finished.stderr());
}

/// A name alone is a path that is not there; only with a version is it fetched.
#[test]
fn a_name_without_a_version_is_a_path() {
    let house = Wheelhouse::new();
    fake_pip(&house);
    let finished = fetch(&house, &house.path().join("bin"), &["spam"]);
    assert_eq!(finished.code(), Some(2));
    assert!(!house.path().join("asked").exists());
}
