//! A wheel in a few lines: its tags, and a line for each extension module.

use soabi_core::{GilEffect, SubinterpreterEffect};
use soabi_report::audit::ObjectEntry;
use soabi_report::definition::{NoneBecause, Phase};
use soabi_report::inspect::{InspectReport, InspectedObject};

use super::needs;
use crate::output::page::{Page, Span, Tone};
use crate::output::text::count;

/// The heads of the columns behind the module's name.
const HEADS: [&str; 5] = ["init", "GIL", "isolated", "stable ABI", "made with"];

/// The summary. Nothing for a file by itself.
pub(super) fn show(page: &mut Page<'_>, report: &InspectReport) {
    let modules: Vec<&InspectedObject> =
        report.objects.iter().filter(|inspected| inspected.object.extension).collect();
    if report.objects.len() < 2 && report.tags.is_empty() {
        return;
    }
    page.line(&[Span::new(Tone::Strong, &report.path)]);
    let others = report.objects.len() - modules.len();
    let mut parts = vec![count(modules.len(), "extension module")];
    if others > 0 {
        parts.push(count(others, "other native file"));
    }
    let tags = if report.tags.is_empty() { String::new() } else { format!("{}; ", report.tags.join(", ")) };
    page.paragraph(&[Span::plain("  ")], 2, Tone::Plain, &format!("{tags}{}", parts.join(", ")));
    needs::platform(page, report.platform.as_ref());
    if modules.is_empty() {
        return;
    }
    page.blank();
    let rows: Vec<[String; 5]> = modules.iter().map(|module| row(module)).collect();
    let widths: Vec<usize> = HEADS
        .iter()
        .enumerate()
        .map(|(at, head)| rows.iter().map(|row| row[at].len()).chain([head.len()]).max().unwrap_or_default())
        .collect();
    let names: Vec<String> = modules.iter().map(|module| name_of(&module.object, &report.path)).collect();
    let room = page.view().width.saturating_sub(2 + widths.iter().map(|width| width + 2).sum::<usize>());
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let width = longest.min(room.max(12));
    let mut line = |name: &str, cells: &[String], tone| {
        let name = page.abbreviated(name, width);
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("  {cell:<width$}"));
        let text = format!("  {name:<width$}{}", cells.collect::<String>());
        page.line(&[Span::new(tone, &text)]);
    };
    line("module", &HEADS.map(str::to_owned), Tone::Dim);
    for (name, row) in names.iter().zip(&rows) {
        line(name, row, Tone::Plain);
    }
}

/// The path without the suffix, which all modules of a wheel have.
fn name_of(object: &ObjectEntry, path: &str) -> String {
    let path = object.member.as_deref().unwrap_or(path);
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
    let stem = file.split('.').next().unwrap_or(file);
    if folder.is_empty() { stem.to_owned() } else { format!("{folder}/{stem}") }
}

fn row(inspected: &InspectedObject) -> [String; 5] {
    let object = &inspected.object;
    let made_with = object.built_with.as_ref().and_then(|built_with| built_with.toolkit.clone());
    [phase(object), gil(object), isolated(object), stable_abi(inspected), made_with.unwrap_or_default()]
}

fn phase(object: &ObjectEntry) -> String {
    let definition = object.definitions.last();
    let text = match definition.map(|definition| (definition.phase, definition.none_because)) {
        Some((Phase::Single, _)) => "single",
        Some((Phase::Multi, _)) => "multi",
        Some((Phase::Export, _)) => "export",
        Some((Phase::None, Some(NoneBecause::Cffi))) => "cffi",
        Some((Phase::None, Some(NoneBecause::Mypyc))) => "mypyc",
        Some((Phase::None, Some(NoneBecause::Stub))) => "stub",
        Some((Phase::None, _)) | None => "?",
    };
    text.to_owned()
}

/// What becomes of the GIL in the newest free-threaded build that imports the module.
fn gil(object: &ObjectEntry) -> String {
    let effect = object.predictions.iter().rev().find_map(|prediction| prediction.gil);
    match effect {
        Some(GilEffect::StaysOff) => "stays off",
        Some(GilEffect::TurnedOn) => "turned on",
        None => "-",
    }
    .to_owned()
}

/// Whether isolated subinterpreters, which have a GIL of their own, import the module.
fn isolated(object: &ObjectEntry) -> String {
    let effect = object.predictions.iter().rev().find_map(|prediction| prediction.subinterpreters);
    match effect {
        Some(SubinterpreterEffect::OwnGil) => "yes",
        Some(SubinterpreterEffect::Shared | SubinterpreterEffect::Refused) => "no",
        None => "-",
    }
    .to_owned()
}

/// From which version on, or how many things have to change.
fn stable_abi(inspected: &InspectedObject) -> String {
    let Some(kept) = inspected.keeps.iter().find(|kept| kept.goal == "abi3") else { return String::new() };
    let hard = kept.by.iter().filter(|blocker| blocker.since.is_none()).count();
    match (hard, kept.floor) {
        (0, Some(floor)) if kept.reached => format!("from {floor}"),
        (0, Some(floor)) => format!("{floor} rebuilt"),
        (hard, _) => format!("{hard} in the way"),
    }
}
