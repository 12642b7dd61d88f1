//! `soabi inspect` as a page for people.

use std::fmt::Write;

use anstyle::Style;
use serde_json::Value;
use soabi_core::Foreign;
use soabi_report::audit::ObjectEntry;
use soabi_report::definition::{BuiltWith, Definition, Method, NoneBecause, Phase, Slot};
use soabi_report::inspect::InspectReport;

/// The whole page.
pub(crate) fn human(report: &InspectReport) -> String {
    let mut text = String::new();
    for object in &report.objects {
        of_object(&mut text, &report.path, object);
    }
    for error in &report.errors {
        let name = error.object.as_deref().unwrap_or(&report.path);
        let _ = writeln!(text, "{}: {}\n", Foreign::new(name), Foreign::new(&error.message));
    }
    text
}

/// A line of an object: what it is about, and the answer.
fn line(text: &mut String, what: &str, answer: &str) {
    let _ = writeln!(text, "  {what:<16} {}", Foreign::new(answer));
}

fn of_object(text: &mut String, path: &str, object: &ObjectEntry) {
    let bold = Style::new().bold();
    let name = object.member.as_deref().unwrap_or(path);
    let _ = writeln!(text, "{bold}{}{bold:#}", Foreign::new(name));
    line(text, "file", &format!("{}, {}", object.format, object.arch));
    if !object.extension {
        line(text, "module", "it is no extension module");
        text.push('\n');
        return;
    }
    line(text, "module", &object.module);
    line(text, "ABI of its name", &object.abi.to_string());
    if let Some(computed) = object.computed {
        line(text, "stable ABI from", &computed.to_string());
    }
    if let Some(built_with) = &object.built_with {
        line(text, "built with", &built_with_in_words(built_with));
        for evidence in &built_with.evidence {
            line(text, "", &format!("by: {evidence}"));
        }
    }
    for definition in &object.definitions {
        of_definition(text, definition);
    }
    text.push('\n');
}

/// `Python 3.12, with the GIL, Cython 3.1.2`.
fn built_with_in_words(built_with: &BuiltWith) -> String {
    let mut parts = Vec::new();
    if !built_with.python.is_empty() {
        parts.push(format!("headers of Python {}", built_with.python.join(" or ")));
    }
    parts.extend(built_with.gil.map(|gil| if gil { "with the GIL" } else { "free-threaded" }.to_owned()));
    parts.extend(built_with.limited_api.as_ref().map(|version| format!("limited API {version}")));
    parts.extend(built_with.toolkit.clone());
    if parts.is_empty() { "unknown".to_owned() } else { parts.join(", ") }
}

fn of_definition(text: &mut String, definition: &Definition) {
    line(text, "init function", &definition.init);
    let phase = match (definition.phase, definition.none_because) {
        (Phase::Single, _) => "single-phase initialisation",
        (Phase::Multi, _) => "multi-phase initialisation",
        (Phase::Export, _) => "export hook",
        (Phase::None, Some(NoneBecause::Cffi)) => "no definition: cffi makes the module",
        (Phase::None, Some(NoneBecause::Mypyc)) => "no definition: another module of mypyc's makes it",
        (Phase::None, Some(NoneBecause::Stub)) => "no definition: the function returns null at once",
        (Phase::None, _) => "the definition was not decoded",
    };
    line(text, "  kind", phase);
    if definition.phase == Phase::None {
        return;
    }
    let known = |value: Option<String>| value.unwrap_or_else(|| "decided at run time".to_owned());
    line(text, "  name", &known(definition.name.clone()));
    let layout = definition.layout.map(|layout| word(&serde_json::json!(layout)));
    line(text, "  layout", &known(layout));
    line(text, "  size", &known(definition.size.map(|size| format!("{size} bytes"))));
    if let Some(version) = definition.api_version {
        line(text, "  API version", &version.to_string());
    }
    line(text, "  slots", &known(definition.slots.as_deref().map(slots_in_words)));
    let declared = |value: Value| if value.is_null() { "undeclared".to_owned() } else { word(&value) };
    line(text, "  GIL", &declared(serde_json::json!(definition.gil)));
    line(text, "  subinterpreters", &declared(serde_json::json!(definition.subinterpreters)));
    if let Some(info) = &definition.abi_info {
        let flags: Vec<String> = info.flags.iter().map(|flag| word(&serde_json::json!(flag))).collect();
        let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "unknown".to_owned());
        let note =
            format!("{}; build {}, ABI {}", flags.join(", "), version(&info.build), version(&info.abi));
        line(text, "  ABI note", &note);
    }
    match definition.methods.as_deref() {
        None => line(text, "  methods", "decided at run time"),
        Some([]) => line(text, "  methods", "none in the definition"),
        Some(methods) => methods.iter().for_each(|method| line(text, "  method", &method_in_words(method))),
    }
}

/// The name of a value in the JSON report.
fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn slots_in_words(slots: &[Slot]) -> String {
    let slot = |slot: &Slot| match slot.value {
        Some(value) => format!("{} {}={value}", slot.id, slot.name),
        None => format!("{} {}", slot.id, slot.name),
    };
    if slots.is_empty() { "none".to_owned() } else { slots.iter().map(slot).collect::<Vec<_>>().join(", ") }
}

/// The name, the flags and the first line of the docstring.
fn method_in_words(method: &Method) -> String {
    let doc = method.doc.as_deref().and_then(|doc| doc.lines().next()).unwrap_or_default();
    format!("{} ({})  {doc}", method.name, method.flags.join(" | ")).trim_end().to_owned()
}
