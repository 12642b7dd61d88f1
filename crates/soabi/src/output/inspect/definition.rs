//! The module's definition, and what the file was built with.

use serde_json::Value;
use soabi_report::definition::{
    BuiltWith, Definition, FoundBy, Gil, Layout, Method, NoneBecause, Phase, Slot, Subinterpreters,
};
use soabi_report::inspect::InspectedObject;

use super::field::{counted, field, some};
use crate::output::page::Page;
use crate::output::text::count;

/// What the file was built with, and how that is known.
pub(super) fn built_with(page: &mut Page<'_>, inspected: &InspectedObject) {
    let Some(built_with) = &inspected.object.built_with else { return };
    field(page, "built with", &in_words(built_with));
    for evidence in &built_with.evidence {
        field(page, "", &format!("- {evidence}"));
    }
}

/// `headers of Python 3.12, with the GIL, Cython 3.1.2`.
fn in_words(built_with: &BuiltWith) -> String {
    let mut parts = Vec::new();
    match &built_with.python[..] {
        [] => {}
        [only] => parts.push(format!("headers of Python {only}")),
        [first, .., last] => parts.push(format!("headers of Python {first} to {last}")),
    }
    parts.extend(built_with.gil.map(|gil| if gil { "with the GIL" } else { "free-threaded" }.to_owned()));
    parts.extend(built_with.limited_api.as_ref().map(|version| match version.as_str() {
        "unknown" => "limited API".to_owned(),
        version => format!("limited API of {version}"),
    }));
    parts.extend(built_with.toolkit.clone());
    if parts.is_empty() { "nothing in the file tells".to_owned() } else { parts.join(", ") }
}

/// A definition.
pub(super) fn show(page: &mut Page<'_>, definition: &Definition) {
    let phase = match (definition.phase, definition.none_because) {
        (Phase::Single, _) => "single-phase initialisation",
        (Phase::Multi, _) => "multi-phase initialisation",
        (Phase::Export, _) => "export hook",
        (Phase::None, Some(NoneBecause::Cffi)) => "no definition: cffi makes the module",
        (Phase::None, Some(NoneBecause::Mypyc)) => "no definition: another module of mypyc's makes it",
        (Phase::None, Some(NoneBecause::Stub)) => "no definition: the function returns null at once",
        (Phase::None, _) => "the definition was not decoded",
    };
    let found: Vec<&str> = definition
        .found_by
        .iter()
        .map(|way| match way {
            FoundBy::Execution => "following its code",
            FoundBy::Relocations => "the relocations",
        })
        .collect();
    let found = if found.is_empty() { String::new() } else { format!("; found by {}", found.join(" and ")) };
    field(page, "init function", &format!("{}: {phase}{found}", definition.init));
    if definition.phase == Phase::None {
        return;
    }
    let unknown = || "decided at run time".to_owned();
    let name = definition.name.clone().unwrap_or_else(unknown);
    let size = match definition.size {
        Some(-1) => "state in globals".to_owned(),
        Some(size) => format!("{} of state", count(usize::try_from(size).unwrap_or_default(), "byte")),
        None => "state of unknown size".to_owned(),
    };
    let layout = match definition.layout {
        Some(Layout::Gil) => "; PyModuleDef of builds with the GIL",
        Some(Layout::FreeThreaded) => "; PyModuleDef of free-threaded builds",
        Some(Layout::Pypy) => "; PyModuleDef of PyPy",
        Some(Layout::TraceRefs) => "; PyModuleDef of builds with Py_TRACE_REFS",
        Some(Layout::Opaque) | None => "",
    };
    field(page, "  name", &format!("{name}, {size}{layout}"));
    if let Some(doc) = definition.doc.as_deref().and_then(first_line) {
        field(page, "  doc", doc);
    }
    match definition.api_version {
        Some(3) => field(page, "  API", "3: the limited API"),
        Some(1013) => field(page, "  API", "1013: the full API"),
        Some(version) => field(page, "  API", &version.to_string()),
        None => {}
    }
    if definition.phase != Phase::Single {
        field(page, "  slots", &definition.slots.as_deref().map_or_else(unknown, slots));
    }
    note(page, definition);
    declared(page, definition);
    methods(page, definition.methods.as_deref());
}

fn note(page: &mut Page<'_>, definition: &Definition) {
    let Some(info) = &definition.abi_info else { return };
    let flags: Vec<String> = info.flags.iter().map(|flag| word(&serde_json::json!(flag))).collect();
    let mut parts = vec![if flags.is_empty() { "no flags".to_owned() } else { flags.join(", ") }];
    parts.extend(info.build.as_ref().map(|build| format!("headers of {build}")));
    parts.extend(info.abi.as_ref().map(|abi| format!("ABI of {abi}")));
    field(page, "  ABI note", &parts.join("; "));
}

fn declared(page: &mut Page<'_>, definition: &Definition) {
    let gil = match definition.gil {
        Some(Gil::NotUsed) => "declares that it works without",
        Some(Gil::Used) => "declares that it needs it",
        None => "nothing is declared",
    };
    field(page, "  GIL", gil);
    let subinterpreters = match definition.subinterpreters {
        Some(Subinterpreters::PerInterpreterGil) => "declares those with a GIL of their own",
        Some(Subinterpreters::Supported) => "declares those that share the GIL",
        Some(Subinterpreters::NotSupported) => "declares that it works in none",
        None => "nothing is declared",
    };
    field(page, "  subinterpreters", subinterpreters);
}

fn methods(page: &mut Page<'_>, methods: Option<&[Method]>) {
    let Some(methods) = methods else { return field(page, "  methods", "added at run time") };
    if methods.is_empty() {
        return field(page, "  methods", "none in the definition; more may be added at run time");
    }
    let most = if page.view().verbosity > 0 { usize::MAX } else { 12 };
    for (at, method) in methods.iter().take(most).enumerate() {
        field(page, if at == 0 { "  methods" } else { "" }, &in_line(method));
    }
    if methods.len() > most {
        field(page, "", &format!("{} more (-v)", methods.len() - most));
    }
}

/// The name, the flags and the first line of the docstring.
fn in_line(method: &Method) -> String {
    let doc = method.doc.as_deref().and_then(first_line).map(|doc| format!("  {doc}")).unwrap_or_default();
    format!("{} ({}){doc}", method.name, method.flags.join(" | "))
}

/// The first line that is no signature: a docstring may begin with `name($module, /)` and `--`.
fn first_line(doc: &str) -> Option<&str> {
    let text = doc.split_once("\n--\n\n").map_or(doc, |(_, text)| text);
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

fn slots(slots: &[Slot]) -> String {
    let slot = |slot: &Slot| match slot.value {
        Some(value) => format!("{} {} = {value}", slot.id, slot.name),
        None => format!("{} {}", slot.id, slot.name),
    };
    if slots.is_empty() { "none".to_owned() } else { slots.iter().map(slot).collect::<Vec<_>>().join(", ") }
}

/// The name of a value in the JSON report.
fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The types in the file.
pub(super) fn types(page: &mut Page<'_>, inspected: &InspectedObject) {
    let view = *page.view();
    let mut parts = Vec::new();
    if !inspected.static_types.is_empty() {
        parts.push(counted(&inspected.static_types, "static type", &view));
    }
    if !inspected.type_specs.is_empty() {
        parts.push(format!("made at run time: {}", some(&inspected.type_specs, &view)));
    }
    if !parts.is_empty() {
        field(page, "types", &parts.join("; "));
    }
}
