//! Builds from sources, with a make that installs what it was configured for.

use std::fs;
use std::path::Path;

use soabi_install::{InstallError, Installer, Invocation, SourceBuild};
use soabi_python::SourcePackage;

use crate::fake::{Home, Machine, Silent};

const PROGRAMS: [&str; 5] = ["apt-get", "make", "cc", "tar", "xz"];

const SOURCES: &str = "\
Version: 3.13.15-1
Checksums-Sha256:
 aa 4000 python3.13_3.13.15-1.dsc
 bb 23000000 python3.13_3.13.15.orig.tar.xz
 bb 800 python3.13_3.13.15.orig.tar.xz.asc

Version: 3.13.18-1
Checksums-Sha256:
 aa 4000 python3.13_3.13.18-1.dsc
 bb 24000000 python3.13_3.13.18.orig.tar.xz
";

/// The index names two versions, and the mirror has the older one only.
fn act(invocation: &Invocation) -> Option<Vec<String>> {
    let args: Vec<_> = invocation.args.iter().map(String::as_str).collect();
    match (&*invocation.program, &*args) {
        ("apt-cache", _) => return Some(SOURCES.lines().map(str::to_owned).collect()),
        ("apt-get", [.., "python3.13=3.13.18-1"]) => return None,
        ("make", ["install", destination]) => {
            let root = Path::new(destination.strip_prefix("DESTDIR=").unwrap());
            let place = root.ancestors().nth(2).unwrap().join("cp313t");
            let bin = root.join(place.strip_prefix("/").unwrap()).join("bin");
            fs::create_dir_all(&bin).unwrap();
            fs::write(bin.join("python3.13t"), "").unwrap();
        }
        _ => {}
    }
    Some(Vec::new())
}

fn source<'a>(home: &'a Home, machine: &'a Machine<'a>) -> SourceBuild<'a> {
    let configure = ["--enable-shared", "--disable-gil"].map(str::to_owned).into();
    let sources = SourcePackage { suite: "sid".to_owned(), package: "python3.13".to_owned() };
    SourceBuild { sources, configure, folders: &home.folders, run: machine }
}

#[test]
fn the_plan_is_the_newest_version() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let plan = source(&home, &machine).plan(&Silent).unwrap();
    assert_eq!(plan.what, "build python3.13 3.13.18-1 with --enable-shared --disable-gil");
    assert_eq!(plan.bytes(), Some(24_004_000));
}

#[test]
fn the_newest_version_that_is_there_is_built_for_its_place() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let source = source(&home, &machine);
    source.plan(&Silent).unwrap();
    let site = home.folders.begin("cp313t".parse().unwrap()).unwrap();
    source.install(&site, &Silent).unwrap();
    drop(site);
    assert_eq!(home.pythons(), ["cp313t"]);
    assert!(home.folders.pythons.join("cp313t/bin/python3.13t").is_file());
    let jobs = std::thread::available_parallelism().unwrap();
    assert_eq!(
        machine.started(&home)[3..],
        [
            "apt-get -c ~/cache/apt/sid-deb-src/apt.conf -q source --download-only 'python3.13=3.13.18-1'"
                .to_owned(),
            "apt-get -c ~/cache/apt/sid-deb-src/apt.conf -q source --download-only 'python3.13=3.13.15-1'"
                .to_owned(),
            "tar '--strip-components=1' -xf ~/cache/downloads/python3.13_3.13.15.orig.tar.xz -C \
             ~/pythons/.cp313t.partial/sources"
                .to_owned(),
            "./configure '--prefix=~/pythons/cp313t' --enable-shared --disable-gil \
             'LDFLAGS=-Wl,-rpath,~/pythons/cp313t/lib'"
                .to_owned(),
            format!("make -j{jobs}"),
            "make install 'DESTDIR=~/pythons/.cp313t.partial/root'".to_owned(),
        ]
    );
}

/// Wherever it fails, there is no interpreter.
#[test]
fn a_failure_leaves_nothing() {
    for failing in ["tar", "./configure", "make"] {
        let home = Home::new();
        let machine =
            Machine::new(
                &PROGRAMS,
                |invocation| {
                    if invocation.program == failing { None } else { act(invocation) }
                },
            );
        let site = home.folders.begin("cp313t".parse().unwrap()).unwrap();
        let error = source(&home, &machine).install(&site, &Silent).unwrap_err();
        assert!(error.to_string().contains(failing), "{error}");
        drop(site);
        assert_eq!(home.pythons(), Vec::<String>::new());
    }
}

#[test]
fn without_a_compiler_nothing_is_downloaded() {
    let (home, machine) = (Home::new(), Machine::new(&["apt-get", "make", "tar", "xz"], act));
    let plan = source(&home, &machine).plan(&Silent);
    assert!(matches!(plan, Err(InstallError::NoProgram { program: "cc", .. })));
    assert_eq!(machine.started(&home), Vec::<String>::new());
}
