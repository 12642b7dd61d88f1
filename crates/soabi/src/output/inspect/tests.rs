//! The page at two widths, of a file and of a wheel.

use std::fmt::Write;

use rstest::{Context, rstest};
use serde_json::{Value, json};
use soabi_report::inspect::InspectReport;

use crate::output::view::View;

fn prediction(python: &str, expect: &str, gate: Option<&str>, why: &str) -> Value {
    json!({
        "python": python, "expect": expect, "gate": gate, "missing": [], "by_path": expect, "by_path_gate": gate,
        "why": why, "outcome": null, "by_path_outcome": null, "gil": null, "subinterpreters": null,
    })
}

fn with(mut value: Value, changes: &Value) -> Value {
    for (key, change) in changes.as_object().unwrap() {
        value[key] = change.clone();
    }
    value
}

fn definition(init: &str, phase: &str) -> Value {
    json!({
        "init": init, "phase": phase, "none_because": null, "found_by": ["execution", "relocations"],
        "layout": "gil", "name": "spam", "doc": "Runs commands.\nIn a shell.", "size": 0, "api_version": null,
        "methods": [
            { "name": "system", "flags": ["VARARGS"], "doc": "system($module, command, /)\n--\n\nRun a command." },
            { "name": "quit", "flags": ["NOARGS"], "doc": null },
        ],
        "slots": [{ "id": 2, "name": "exec", "value": null }, { "id": 4, "name": "gil", "value": 1 }],
        "abi_info": null, "gil": "not-used", "subinterpreters": null,
    })
}

fn object(member: Option<&str>, module: &str, abi: &str) -> Value {
    json!({
        "member": member, "module": module, "format": "elf", "arch": "x86_64", "extension": true,
        "init": [format!("PyInit_{module}")], "abi": abi, "baseline": null, "computed": "3.11",
        "definitions": [definition(&format!("PyInit_{module}"), "multi")],
        "built_with": {
            "python": ["3.9", "3.10", "3.11", "3.12"], "gil": true, "limited_api": "3.9",
            "toolkit": "Cython 3.1.2",
            "evidence": ["ABI module `_cython_3_1_2`", "PyModuleDef has the layout of a build with the GIL"],
        },
        "predictions": [
            with(prediction("cp311", "accept", None, "abi3 from 3.9 on"), &json!({ "outcome": "accepted" })),
            with(
                prediction("cp312", "accept", None, "abi3 from 3.9 on"),
                &json!({ "outcome": "accepted", "subinterpreters": "shared" }),
            ),
            with(
                prediction("cp313t", "refuse", Some("runtime"), "its PyModuleDef is laid out for a build with the \
                    GIL: cp313t, without it, reads other fields in its place"),
                &json!({ "outcome": "crashed" }),
            ),
            prediction("cp315t", "refuse", Some("name"), "cp315t does not search for `spam.abi3.so`"),
        ],
    })
}

fn file() -> InspectReport {
    let more = json!({
        "imports": {
            "stable": [
                { "name": "PyBuffer_Release", "since": "3.11" }, { "name": "PyModuleDef_Init", "since": "3.5" },
            ],
            "version_specific": ["PyFrame_GetBack"], "private": ["_PyDict_NewPresized"], "unknown": [],
        },
        "libraries": [
            { "name": "libm.so.6", "found": "platform", "by": null },
            { "name": "libeggs-0f1e.so.7", "found": "wheel", "by": "spam.libs/libeggs-0f1e.so.7" },
            { "name": "libham.so", "found": "absent", "by": null },
        ],
        "cpu": [{ "feature": "AVX2", "level": "x86-64-v3", "address": 4096 }],
        "static_types": ["spam.Spam"], "type_specs": ["spam.Eggs"],
        "oldest_by_data": { "python": "3.13", "because": "module slot 4 (gil)" },
        "keeps": [
            { "goal": "abi3", "reached": false, "floor": "3.11", "by": [
                { "kind": "symbol", "what": "_PyDict_NewPresized", "why": "private to the interpreter", "since": null },
                { "kind": "symbol", "what": "PyBuffer_Release", "why": "in the limited API from 3.11 on", "since": "3.11" },
            ] },
            { "goal": "abi3t", "reached": false, "floor": "3.15", "by": [
                { "kind": "definition", "what": "PyInit_spam", "why": "a PyModuleDef is opaque in abi3t; export \
                  `PyModExport_spam` (PEP 793)", "since": null },
            ] },
            { "goal": "free-threading", "reached": true, "floor": null, "by": [] },
        ],
        "advice": "Cython 3.1 or later: define Py_LIMITED_API",
    });
    let object = with(object(None, "spam", "abi3"), &more);
    report("dist/spam.abi3.so", &json!([]), &[object])
}

fn wheel() -> InspectReport {
    let tags = json!(["cp312-cp312-manylinux_2_17_x86_64"]);
    let kept = |by: usize| {
        let blocker = json!({ "kind": "symbol", "what": "_PyX", "why": "private", "since": null });
        let by = vec![blocker; by];
        json!({ "keeps": [{ "goal": "abi3", "reached": false, "floor": "3.11", "by": by }] })
    };
    let first = with(object(Some("spam/spam.cpython-312-x86_64-linux-gnu.so"), "spam", "cp312"), &kept(2));
    let second = with(object(Some("spam/eggs.cpython-312-x86_64-linux-gnu.so"), "eggs", "cp312"), &kept(0));
    let library = with(
        object(Some("spam.libs/libham.so"), "libham", "none"),
        &json!({ "extension": false, "init": [], "definitions": [], "built_with": null, "predictions": [] }),
    );
    report("dist/spam-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", &tags, &[first, second, library])
}

fn report(path: &str, tags: &Value, objects: &[Value]) -> InspectReport {
    let python = |id: &str| json!({ "id": id, "releases": [], "path": null });
    let pythons = ["cp311", "cp312", "cp313t", "cp315t"].map(python);
    let report = json!({
        "schema": "soabi/inspect/v1", "version": "0", "path": path, "tags": tags,
        "platform": { "tag": "manylinux_2_17_x86_64", "because": ["memcpy@GLIBC_2.14"] },
        "pythons": pythons, "objects": objects,
        "errors": [{ "object": null, "message": "it ends in the middle of a header", "finding": null }],
    });
    serde_json::from_value(report).unwrap()
}

#[rstest]
#[case::file(file())]
#[case::wheel(wheel())]
fn screens(#[context] context: Context, #[case] report: InspectReport) {
    let name = context.description.unwrap();
    let mut screens = String::new();
    for width in [80, 100] {
        let view = View { width, ..View::default() };
        let text = anstream::adapter::strip_str(&super::human(&report, &view)).to_string();
        for line in text.lines() {
            assert!(textwrap::core::display_width(line) <= width, "{width}: {line}");
        }
        let _ = write!(screens, "=== {width} columns\n{text}");
    }
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/snapshots");
    insta::with_settings!({ snapshot_path => snapshots, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("screen-inspect-{name}"), screens);
    });
}

/// Names in a file are shown, never obeyed.
#[test]
fn hostile_names() {
    let evil = "\u{1b}[31m\n::error::\u{202e}";
    let mut report = file();
    evil.clone_into(&mut report.path);
    let object = &mut report.objects[0];
    object.object.module = evil.to_owned();
    object.libraries[0].name = evil.to_owned();
    object.object.definitions[0].doc = Some(evil.to_owned());
    object.keeps[0].by[0].what = evil.to_owned();
    let text = anstream::adapter::strip_str(&super::human(&report, &View::default())).to_string();
    assert!(!text.contains('\u{202e}') && !text.lines().any(|line| line.starts_with("::")), "{text}");
}
