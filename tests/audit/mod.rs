//! `soabi audit` and `soabi explain`, as a user runs them.

mod abi3audit;
mod bad_input;
mod configuration;
mod cost;
mod definitions;
mod formats;
mod inputs;
mod liars;
mod promises;
mod real_pythons;
mod releases;
mod remembered;
mod required;
pub(crate) mod wheelhouse;

use std::path::Path;

use serde_json::Value;
use soabi_report::audit::AuditReport;

use crate::support::{Finished, Soabi};

/// The program in `folder`, in an environment without wishes.
fn soabi(folder: &Path) -> Soabi {
    let wishes = ["SOABI_PYTHON", "SOABI_SELECT", "SOABI_IGNORE", "SOABI_FAIL_ON", "SOABI_CONFIG"];
    wishes.iter().fold(Soabi::new().within(folder), |soabi, name| soabi.without(name))
}

/// What an audit of `paths` in `folder` says.
fn audit(folder: &Path, paths: &[&str]) -> Finished {
    soabi(folder).args(["audit", "--no-config", "--format", "json"]).args(paths).run()
}

/// The report of an audit of `paths` in `folder`.
fn report(folder: &Path, paths: &[&str]) -> AuditReport {
    audit(folder, paths).json()
}

/// What is found, without those that the test does not speak of.
fn rules(report: &AuditReport) -> Vec<(&str, &str)> {
    let findings = report.subjects.iter().flat_map(|subject| &subject.findings);
    findings.map(|finding| (finding.rule.as_str(), finding.object.as_deref().unwrap_or("-"))).collect()
}

/// An interpreter of Python 3, as `soabi pythons` lists it.
fn python_3() -> Value {
    let list: Value = Soabi::new().args(["pythons", "--format", "json"]).run().json();
    let three = |python: &&Value| python["id"].as_str().unwrap().starts_with("cp3");
    list["found"].as_array().unwrap().iter().find(three).unwrap().clone()
}

/// The contract with those who script against it.
#[test]
fn the_json_contract() {
    let house = wheelhouse::Wheelhouse::new();
    let newer = wheelhouse::Library { imports: &["PyType_Freeze"], ..wheelhouse::SPAM }.compile();
    let tag = format!("cp39-abi3-manylinux_2_17_{}", wheelhouse::ARCH);
    let wheel = house.wheel(&tag, &[("spam.abi3.so", &newer), ("empty.so", b"")]);
    let report: Value = audit(house.path(), &[&wheel]).json();
    assert_eq!(report["schema"], "soabi/audit/v1");
    let has = |value: &Value, wanted: &[&str]| {
        let keys = value.as_object().unwrap();
        for key in wanted {
            assert!(keys.contains_key(*key), "{key} in {value}");
        }
    };
    has(&report, &["schema", "version", "tables", "subjects"]);
    let subject = &report["subjects"][0];
    has(subject, &["path", "kind", "tags", "objects", "findings", "errors"]);
    assert_eq!((&subject["kind"], &subject["tags"][0]), (&"wheel".into(), &tag.into()));
    let object = &subject["objects"][0];
    has(object, &["member", "module", "format", "arch", "extension", "init", "abi", "baseline", "computed"]);
    assert_eq!((&object["baseline"], &object["computed"]), (&"3.9".into(), &"3.14".into()));
    let prediction = &object["predictions"][0];
    has(prediction, &["python", "expect", "gate", "missing", "by_path", "by_path_gate", "why"]);
    has(&subject["findings"][0], &["rule", "severity", "object", "message", "evidence", "help"]);
    assert_eq!(subject["findings"][0]["evidence"]["symbols"][0], "PyType_Freeze (3.14)");
    has(&subject["errors"][0], &["object", "message"]);
    assert_eq!(subject["errors"][0]["object"], "empty.so");
}
