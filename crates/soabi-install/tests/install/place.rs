//! An interpreter is there as a whole or not at all.

use std::fs;

use soabi_install::InstallError;

use crate::fake::Home;

fn id() -> soabi_core::AbiTag {
    "cp315".parse().unwrap()
}

/// What a killed soabi leaves: everything but the end of its process, which gives the lock back.
#[test]
fn what_a_killed_one_left_is_never_used() {
    let home = Home::new();
    home.file("pythons/.cp315.1.partial/root/usr/bin/python3.15", "half");
    home.file("pythons/.cp315t.1.partial/root/bin/python3.15t", "half");
    home.file("pythons/.cp315.rubbish/usr/bin/python3.15", "half");
    home.file("pythons/.cp315.lock", "");
    let site = home.folders.begin(id()).unwrap();
    assert_eq!(fs::read_dir(site.partial()).unwrap().count(), 0);
    assert!(site.partial().file_name().unwrap().to_str().unwrap().starts_with('.'), "a search looks into it");
    assert!(!site.place().exists());
    assert_eq!(home.pythons(), [".cp315.partial", ".cp315t.1.partial"], "another one's is let alone");
}

#[test]
fn it_is_there_when_it_is_finished() {
    let home = Home::new();
    let site = home.folders.begin(id()).unwrap();
    let tree = site.partial().join("root");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("python"), "new").unwrap();
    assert_eq!(home.pythons(), [".cp315.partial"]);
    site.finish(&tree).unwrap();
    drop(site);
    assert_eq!(home.pythons(), ["cp315"]);
    assert_eq!(fs::read_to_string(home.folders.pythons.join("cp315/python")).unwrap(), "new");
}

/// The new one takes the place of the old one, of which nothing is left.
#[test]
fn an_old_one_is_replaced() {
    let home = Home::new();
    home.file("pythons/cp315/old", "");
    let site = home.folders.begin(id()).unwrap();
    let tree = site.partial().join("root");
    fs::create_dir(&tree).unwrap();
    site.finish(&tree).unwrap();
    drop(site);
    assert_eq!(home.pythons(), ["cp315"]);
    assert_eq!(fs::read_dir(home.folders.pythons.join("cp315")).unwrap().count(), 0);
}

#[test]
fn one_at_a_time() {
    let home = Home::new();
    let site = home.folders.begin(id()).unwrap();
    assert!(matches!(home.folders.begin(id()), Err(InstallError::Locked)));
    assert!(home.folders.begin("cp314".parse().unwrap()).is_ok(), "another one may");
    drop(site);
    assert!(home.folders.begin(id()).is_ok());
}
