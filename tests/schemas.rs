//! The JSON Schemas in `docs/schema/`: equal to those of the report types, and true of what the program writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;
use soabi_report::schema::{all, file_name};

use crate::support::{Soabi, pythons};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema")
}

#[test]
fn the_files_are_those_of_the_types() {
    let written: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<String> = all().into_iter().map(|(schema, _)| file_name(schema)).collect();
    assert_eq!(written, expected);
    for (schema, value) in all() {
        let text = fs::read_to_string(folder().join(file_name(schema))).unwrap();
        let on_disk: Value = serde_json::from_str(&text).unwrap();
        assert!(
            on_disk == value,
            "docs/schema/{} is not that of the types: run `just schemas`",
            file_name(schema)
        );
    }
}

fn validator(schema: &str) -> jsonschema::Validator {
    let (_, value) = all().into_iter().find(|(name, _)| *name == schema).unwrap();
    jsonschema::validator_for(&value).unwrap()
}

fn newest() -> String {
    pythons().iter().last().unwrap().to_string()
}

/// A file that is no object, so that the audit has findings and errors to write.
fn broken_module() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spam.abi3.so");
    fs::write(&path, "not a native file").unwrap();
    (folder, path.display().to_string())
}

fn report(schema: &str) -> Value {
    let (_folder, module) = broken_module();
    let newest = newest();
    let args: Vec<&str> = match schema {
        "soabi/audit/v1" => vec!["audit", "--no-config", &module],
        "soabi/inspect/v1" => vec!["inspect", &module],
        "soabi/load/v1" => vec!["load", "--python", &newest, &module],
        "soabi/matrix/v1" => vec!["matrix", "--flavor", "c-single", "--python", &newest, "--shard", "1/2"],
        "soabi/notes/v1" => vec!["notes", "meth-o", "--python", &newest],
        "soabi/pythons/v1" => vec!["pythons"],
        other => panic!("no command writes {other}"),
    };
    Soabi::new().args(args).args(["--format", "json"]).run().json()
}

#[rstest]
fn written_reports_are_valid(
    #[values(
        "soabi/audit/v1",
        "soabi/inspect/v1",
        "soabi/load/v1",
        "soabi/matrix/v1",
        "soabi/notes/v1",
        "soabi/pythons/v1"
    )]
    schema: &str,
) {
    let report = report(schema);
    let validator = validator(schema);
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let mut changed = report;
    changed["schema"] = "soabi/other/v1".into();
    assert!(!validator.is_valid(&changed), "another schema's report passes");
}
