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
    let mut expected: Vec<(String, Value)> =
        all().into_iter().map(|(schema, value)| (file_name(schema), value)).collect();
    expected.push((CONFIGURATION.to_owned(), soabi_audit::config::schema()));
    assert_eq!(written, expected.iter().map(|(name, _)| name.clone()).collect());
    for (name, value) in expected {
        let text = fs::read_to_string(folder().join(&name)).unwrap();
        let on_disk: Value = serde_json::from_str(&text).unwrap();
        assert!(on_disk == value, "docs/schema/{name} is not that of the types: run `just schemas`");
    }
}

/// The schema of `soabi.toml` and of `[tool.soabi]`.
const CONFIGURATION: &str = "soabi.toml.json";

/// What `SchemaStore` asks of a schema: draft 7, closed tables, words for every key.
#[test]
fn the_configuration_s_schema_is_closed_and_has_words() {
    let schema = soabi_audit::config::schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let mut tables = vec![&schema];
    tables.extend(schema["definitions"].as_object().unwrap().values());
    let mut keys = 0;
    for table in tables.into_iter().filter(|table| table["properties"].is_object()) {
        assert_eq!(table["additionalProperties"], false, "{table}");
        for (key, value) in table["properties"].as_object().unwrap() {
            keys += 1;
            assert!(value["description"].is_string(), "`{key}` has no description: {value}");
        }
    }
    assert!(keys > 8, "{keys} keys");
}

/// The schema and the program agree about what a configuration may say.
#[rstest]
#[case::nothing("{}", true)]
#[case::everything(
    r#"{"audit": {"select": ["symbol-capture"], "fail-on": "never", "python": ["3.9.."], "format": "json",
    "allow-unexamined": true, "severity": {"symbol-capture": "error"},
    "ignore": [{"rule": "private-import", "object": "*.so", "reason": "on purpose"}]}}"#,
    true
)]
#[case::a_text_for_a_list(r#"{"audit": {"python": "3.13"}}"#, true)]
#[case::no_such_key(r#"{"audit": {"fail_on": "note"}}"#, false)]
#[case::no_such_table(r#"{"audits": {}}"#, false)]
#[case::no_such_rule(r#"{"audit": {"select": ["symbol-capturd"]}}"#, false)]
#[case::no_such_rule_s_severity(r#"{"audit": {"severity": {"symbol-capturd": "error"}}}"#, false)]
#[case::no_such_severity(r#"{"audit": {"severity": {"symbol-capture": "fatal"}}}"#, false)]
#[case::no_reason(r#"{"audit": {"ignore": [{"rule": "private-import"}]}}"#, false)]
#[case::a_number(r#"{"audit": {"python": 3.13}}"#, false)]
fn schema_and_program_agree(#[case] json: &str, #[case] is_one: bool) {
    let value: Value = serde_json::from_str(json).unwrap();
    let validator = jsonschema::validator_for(&soabi_audit::config::schema()).unwrap();
    assert_eq!(validator.is_valid(&value), is_one, "the schema");
    let table: toml::Table = serde_json::from_str(json).unwrap();
    let text = toml::to_string(&table).unwrap();
    let parsed = soabi_audit::config::of_text(&text);
    assert_eq!(parsed.is_ok(), is_one, "the program: {parsed:?}");
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
