//! An audit against an interpreter that is there.

use super::report;
use super::wheelhouse::{SPAM, Wheelhouse};
use crate::support::{Soabi, pythons};

/// Its own exports count, and its own suffixes.
#[test]
fn an_interpreter_by_path() {
    let list: serde_json::Value = Soabi::new().args(["pythons", "--format", "json"]).run().json();
    let three = |python: &&serde_json::Value| python["id"].as_str().unwrap().starts_with("cp3");
    let python = list["found"].as_array().unwrap().iter().find(three).unwrap();
    let path = python["executable"].as_str().unwrap();
    assert!(pythons().iter().any(|id| id.to_string() == python["id"].as_str().unwrap()));

    let house = Wheelhouse::new();
    house.write("spam.so", &SPAM.compile());
    let report = report(house.path(), &["spam.so", "--python", path]);
    let [entry] = &report.pythons[..] else { panic!("{:?}", report.pythons) };
    assert_eq!(entry.id.to_string(), python["id"].as_str().unwrap());
    assert!(entry.path.is_some());
    let prediction = &report.subjects[0].objects[0].predictions[0];
    assert_eq!((prediction.expect.as_str(), prediction.missing.len()), ("luck", 0), "{}", prediction.why);
}

#[test]
fn what_is_no_interpreter() {
    let house = Wheelhouse::new();
    house.write("spam.so", &SPAM.compile());
    let finished = super::audit(house.path(), &["spam.so", "--python", "./spam.so"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    assert!(finished.stderr().contains("is not an interpreter that can be asked"), "{}", finished.stderr());
}
