//! Packages of Debian, with an apt that serves two of them and a dpkg-deb that unpacks what they have.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use soabi_install::{Debian, Download, InstallError, Installer, Invocation, RunError};
use soabi_python::Unpack;

use crate::fake::{Home, Machine, Silent};

const PROGRAMS: [&str; 3] = ["apt-get", "dpkg-deb", "patchelf"];

/// A suite with its own C library and two builds of one interpreter.
fn unpack(package: &str, tree: &Path) {
    let bin = tree.join("usr/bin");
    let libraries = tree.join("usr/lib/x86_64-linux-gnu");
    for folder in [&bin, &libraries, &tree.join("usr/share/doc")] {
        fs::create_dir_all(folder).unwrap();
    }
    if package.starts_with("libc6") {
        fs::write(libraries.join("ld-linux-x86-64.so.2"), "").unwrap();
    } else {
        fs::write(bin.join("python3.15"), "release").unwrap();
        fs::write(bin.join("python3.15-dbg"), "debug").unwrap();
        symlink("python3.15-dbg", bin.join("python3.15d")).unwrap();
        symlink("/usr/bin/python3.15", bin.join("python3")).unwrap();
        fs::write(bin.join("pydoc3.15"), "").unwrap();
    }
}

fn act(invocation: &Invocation) -> Option<Vec<String>> {
    let args: Vec<_> = invocation.args.iter().map(String::as_str).collect();
    let lines = match (&*invocation.program, &*args) {
        ("apt-get", [.., "download", "--print-uris", "libc6", "python3.15-dbg"]) => vec![
            "'http://mirror.test/pool/libc6_2.deb' libc6_2.deb 2000 SHA256:0".to_owned(),
            "'http://mirror.test/pool/python3.15-dbg_3.deb' python3.15-dbg_3.deb 5000000 SHA256:0".to_owned(),
        ],
        ("dpkg-deb", ["-x", file, tree]) => {
            unpack(Path::new(file).file_name().unwrap().to_str().unwrap(), Path::new(tree));
            Vec::new()
        }
        ("apt-get", [.., "download", "--print-uris", _]) => return None,
        _ => Vec::new(),
    };
    Some(lines)
}

fn debian<'a>(home: &'a Home, machine: &'a Machine<'a>, packages: &[&str], python: &str) -> Debian<'a> {
    let packages = packages.iter().map(|name| (*name).to_owned()).collect();
    let unpack = Unpack { python: python.to_owned(), packages };
    Debian { suite: "sid".to_owned(), unpack, folders: &home.folders, run: machine }
}

#[test]
fn the_plan_says_how_large_it_is() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let plan = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15-dbg").plan(&Silent);
    let plan = plan.unwrap();
    assert_eq!(plan.what, "unpack 2 packages of Debian sid");
    assert_eq!(plan.bytes(), Some(5_002_000));
    assert_eq!(plan.downloads[0], Download { name: "libc6_2.deb".to_owned(), bytes: 2000 });
    assert_eq!(
        machine.started(&home),
        [
            "apt-get -c ~/cache/apt/sid-deb/apt.conf -q update",
            "apt-get -c ~/cache/apt/sid-deb/apt.conf download --print-uris libc6 python3.15-dbg",
        ]
    );
}

/// The mirror is the machine's, the suite the manifest's, and the signature is checked with Debian's keys.
#[test]
fn apt_has_a_configuration_of_its_own() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3").plan(&Silent).unwrap();
    let source = fs::read_to_string(home.folders.cache.join("apt/sid-deb/sources.list")).unwrap();
    let keyring = home.folders.system.join("usr/share/keyrings/debian-archive-keyring.gpg");
    let expected = format!(
        "deb [signed-by={} target=Packages lang=none] http://mirror.test/debian sid main\n",
        keyring.display()
    );
    assert_eq!(source, expected);
    let configuration = fs::read_to_string(home.folders.cache.join("apt/sid-deb/apt.conf")).unwrap();
    let outside = configuration.lines().filter(|line| line.starts_with("Dir::"));
    let own = home.folders.cache.display().to_string();
    for line in outside {
        assert!(line.contains(&own) || line.ends_with("\"/dev/null\";"), "{line}");
    }
}

/// Seven interpreters of one suite need its index once. Another mirror has another index.
#[test]
fn the_index_is_read_once() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let updates = || machine.started(&home).iter().filter(|command| command.ends_with("update")).count();
    let debian = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15-dbg");
    debian.plan(&Silent).unwrap();
    debian.plan(&Silent).unwrap();
    assert_eq!(updates(), 1);
    home.file("system/etc/apt/sources.list", "deb http://other.test/debian bookworm main\n");
    debian.plan(&Silent).unwrap();
    assert_eq!(updates(), 2);
}

#[test]
fn the_interpreter_is_made_to_use_its_own_libraries() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let debian = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15-dbg");
    debian.plan(&Silent).unwrap();
    let site = home.folders.begin("cp315d".parse().unwrap()).unwrap();
    debian.install(&site, &Silent).unwrap();
    let started = machine.started(&home);
    assert_eq!(
        started[3..],
        [
            "apt-get -c ~/cache/apt/sid-deb/apt.conf -q download libc6 python3.15-dbg",
            "dpkg-deb -x ~/cache/downloads/libc6_2.deb ~/pythons/.cp315d.partial/root",
            "dpkg-deb -x ~/cache/downloads/python3.15-dbg_3.deb ~/pythons/.cp315d.partial/root",
            "patchelf --set-interpreter ~/pythons/cp315d/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 \
             --force-rpath --set-rpath ~/pythons/cp315d/usr/lib/x86_64-linux-gnu \
             ~/pythons/.cp315d.partial/root/usr/bin/python3.15-dbg",
            "~/pythons/cp315d/usr/bin/python3.15-dbg -E -s -S -m compileall -q ~/pythons/cp315d/usr/lib",
        ]
    );
}

/// The release build in the packages of a debug build was not made to run here, and nobody finds it.
#[test]
fn one_interpreter_is_kept() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let debian = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15d");
    let site = home.folders.begin("cp315d".parse().unwrap()).unwrap();
    debian.plan(&Silent).unwrap();
    debian.install(&site, &Silent).unwrap();
    let bin = home.folders.pythons.join("cp315d/usr/bin");
    let names = fs::read_dir(bin).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["pydoc3.15", "python3.15-dbg", "python3.15d"]);
}

/// Wherever it fails, there is no interpreter.
#[test]
fn a_failure_leaves_nothing() {
    for failing in ["dpkg-deb", "patchelf"] {
        let home = Home::new();
        let machine =
            Machine::new(
                &PROGRAMS,
                |invocation| {
                    if invocation.program == failing { None } else { act(invocation) }
                },
            );
        let debian = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15-dbg");
        let site = home.folders.begin("cp315d".parse().unwrap()).unwrap();
        debian.plan(&Silent).unwrap();
        let error = debian.install(&site, &Silent).unwrap_err();
        assert!(matches!(error, InstallError::Run(RunError::Failed { .. })), "{error}");
        drop(site);
        assert_eq!(home.pythons(), Vec::<String>::new());
    }
}

/// An interpreter without bytecode is an interpreter.
#[test]
fn bytecode_is_not_needed() {
    let is_compiled = |invocation: &Invocation| invocation.args.iter().any(|arg| arg == "compileall");
    let act = |invocation: &Invocation| if is_compiled(invocation) { None } else { act(invocation) };
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let debian = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/python3.15-dbg");
    let site = home.folders.begin("cp315d".parse().unwrap()).unwrap();
    debian.plan(&Silent).unwrap();
    debian.install(&site, &Silent).unwrap();
    drop(site);
    assert_eq!(home.pythons(), ["cp315d"]);
}

#[test]
fn what_is_missing_is_named() {
    let (home, machine) = (Home::new(), Machine::new(&PROGRAMS, act));
    let absent = debian(&home, &machine, &["python3.99"], "usr/bin/python3.99").plan(&Silent).unwrap_err();
    assert!(absent.to_string().contains("python3.99"), "{absent}");

    let other = debian(&home, &machine, &["libc6", "python3.15-dbg"], "usr/bin/pypy3");
    let site = home.folders.begin("cp315d".parse().unwrap()).unwrap();
    let absent = other.install(&site, &Silent).unwrap_err();
    assert_eq!(absent.to_string(), "`usr/bin/pypy3` is not in the packages");

    fs::remove_file(home.folders.system.join("etc/apt/sources.list")).unwrap();
    let plan = debian(&home, &machine, &["libc6"], "usr/bin/python3").plan(&Silent);
    assert!(matches!(plan, Err(InstallError::NoMirror)));
    fs::remove_dir_all(home.folders.system.join("usr")).unwrap();
    let plan = debian(&home, &machine, &["libc6"], "usr/bin/python3").plan(&Silent);
    assert!(matches!(plan, Err(InstallError::NoKeyring(_))));

    let bare = Machine::new(&["apt-get", "dpkg-deb"], act);
    let plan = debian(&home, &bare, &["libc6"], "usr/bin/python3").plan(&Silent);
    assert!(matches!(plan, Err(InstallError::NoProgram { program: "patchelf", .. })));

    let elsewhere = Machine::new(&["patchelf"], act);
    let plan = debian(&home, &elsewhere, &["libc6"], "usr/bin/python3").plan(&Silent);
    assert!(matches!(plan, Err(InstallError::NoProgram { program: "dpkg-deb", .. })));
}
