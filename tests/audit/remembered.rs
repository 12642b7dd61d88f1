//! The cache: an unchanged wheel is not read again, and a changed one is.

use std::fs;
use std::path::PathBuf;

use super::soabi;
use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};
use crate::support::Finished;

fn run(house: &Wheelhouse, args: &[&str]) -> Finished {
    let soabi = soabi(house.path()).env("SOABI_CACHE_DIR", house.path().join("cache"));
    soabi.args(["audit", "dist", "--no-config", "--format", "json"]).args(args).run()
}

fn pack(house: &Wheelhouse, library: Library<'_>) {
    let wheel =
        house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &library.compile())]);
    house.write(&format!("dist/{wheel}"), &fs::read(house.path().join(&wheel)).unwrap());
}

fn entries(house: &Wheelhouse) -> Vec<PathBuf> {
    let folder = fs::read_dir(house.path().join("cache/audit"));
    let entries = folder.into_iter().flatten().flatten().map(|entry| entry.path());
    // What begins with a dot is no entry.
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[test]
fn what_is_remembered_is_what_was_found() {
    let house = Wheelhouse::new();
    pack(&house, Library { imports: &["PyType_Freeze"], ..SPAM });
    let first = run(&house, &[]);
    let [entry] = &entries(&house)[..] else { panic!("{:?}", entries(&house)) };
    let second = run(&house, &[]);
    assert_eq!((first.code(), first.stdout()), (second.code(), second.stdout()));
    assert_eq!(first.code(), Some(1));
    // It is the entry that is told.
    let text = fs::read_to_string(entry).unwrap();
    fs::write(entry, text.replace("PyType_Freeze", "PyType_Fridge")).unwrap();
    assert_eq!(run(&house, &[]).stdout(), first.stdout().replace("PyType_Freeze", "PyType_Fridge"));
    // One that cannot be read is none.
    fs::write(entry, "{").unwrap();
    assert_eq!(run(&house, &[]).stdout(), first.stdout());
}

#[test]
fn what_changed_is_read_again() {
    let house = Wheelhouse::new();
    pack(&house, SPAM);
    assert_eq!(run(&house, &[]).code(), Some(0));
    // As large as before, at the same place.
    pack(&house, Library { imports: &["PyModule_Creatf2"], ..SPAM });
    assert_eq!(run(&house, &[]).code(), Some(1));
    assert_eq!(entries(&house).len(), 2);
}

#[test]
fn nothing_is_remembered_on_request() {
    let house = Wheelhouse::new();
    pack(&house, SPAM);
    assert_eq!(run(&house, &["--no-cache"]).code(), Some(0));
    assert!(!house.path().join("cache").exists());
    // Its old name for what is the default now.
    assert_eq!((run(&house, &["--cache"]).code(), entries(&house).len()), (Some(0), 1));
    // An entry that says something else is not read.
    let entry = entries(&house).swap_remove(0);
    fs::write(&entry, fs::read_to_string(&entry).unwrap().replace("abi3", "abi4")).unwrap();
    assert!(!run(&house, &["--no-cache"]).stdout().contains("abi4"));
}

/// A cache that cannot be used is none: no folder for it, a file in its place, an entry that is a folder.
#[test]
fn a_cache_that_cannot_be_used() {
    let house = Wheelhouse::new();
    pack(&house, SPAM);
    let expected = run(&house, &["--no-cache"]);
    house.write("cache", b"a file");
    let finished = run(&house, &[]);
    assert_eq!((finished.code(), finished.stdout()), (expected.code(), expected.stdout()));
    fs::remove_file(house.path().join("cache")).unwrap();
    run(&house, &[]);
    let entry = entries(&house).swap_remove(0);
    fs::remove_file(&entry).unwrap();
    fs::create_dir(&entry).unwrap();
    assert_eq!(run(&house, &[]).stdout(), expected.stdout());
    let homeless =
        soabi(house.path()).without("SOABI_CACHE_DIR").env("HOME", "/no/such/home").without("XDG_CACHE_HOME");
    let finished = homeless.args(["audit", "dist", "--no-config", "--format", "json"]).run();
    assert_eq!((finished.code(), finished.stdout()), (expected.code(), expected.stdout()));
}

/// Two at once each find what is whole.
#[test]
fn two_at_once() {
    let house = Wheelhouse::new();
    pack(&house, SPAM);
    let expected = run(&house, &["--no-cache"]).stdout();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| run(&house, &[]).stdout())).collect();
        for run in runs {
            assert_eq!(run.join().unwrap(), expected);
        }
    });
    assert_eq!(entries(&house).len(), 1);
}

/// Wishes are a part of what is remembered.
#[test]
fn other_wishes_are_another_audit() {
    let house = Wheelhouse::new();
    pack(&house, Library { imports: &["PyType_Freeze"], ..SPAM });
    let codes =
        [&[][..], &["--ignore", "abi3-version-too-low"], &["--show", "cp314"], &["--fail-on", "never"]];
    assert_eq!(codes.map(|args| run(&house, args).code()), [Some(1), Some(0), Some(1), Some(0)]);
    let pythons = |args: &[&str]| -> usize {
        let report: soabi_report::audit::AuditReport = run(&house, args).json();
        report.subjects[0].objects[0].predictions.len()
    };
    assert_eq!((pythons(&["--show", "cp314"]), pythons(&["--show", "cp314,cp315"])), (1, 2));
}

/// What could not be audited is asked again each time.
#[test]
fn failures_are_not_remembered() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", b"")]);
    house.write(&format!("dist/{wheel}"), &fs::read(house.path().join(&wheel)).unwrap());
    assert_eq!(run(&house, &[]).code(), Some(2));
    assert_eq!(entries(&house), Vec::<PathBuf>::new());
}
