//! `soabi inspect` as a page for people.
//!
//! - `summary`: of a wheel with several extension modules, a line for each;
//! - `definition`: the module's definition, and what it was built with;
//! - `needs`: the names, libraries and processors that the file asks for;
//! - `answers`: what each Python does with it, and what keeps it from more.

mod answers;
mod definition;
mod field;
mod needs;
mod summary;
#[cfg(test)]
mod tests;

use soabi_core::AbiTag;
use soabi_report::inspect::{InspectReport, InspectedObject};

use crate::output::page::{Page, Span, Tone};
use crate::output::view::View;

/// The whole page.
pub(crate) fn human(report: &InspectReport, view: &View) -> String {
    let mut page = Page::new(view);
    summary::show(&mut page, report);
    for object in &report.objects {
        page.blank();
        show(&mut page, report, object);
    }
    for error in &report.errors {
        page.blank();
        let name = error.object.as_deref().unwrap_or(&report.path);
        let label = [Span::new(Tone::Bad, "not read"), Span::plain(": ")];
        page.paragraph(&label, 4, Tone::Plain, &format!("{name}: {}", error.message));
    }
    page.finish()
}

fn show(page: &mut Page<'_>, report: &InspectReport, inspected: &InspectedObject) {
    let object = &inspected.object;
    let name = object.member.as_deref().unwrap_or(&report.path);
    page.line(&[Span::new(Tone::Strong, name)]);
    let file = format!("{} for {}", format_in_words(&object.format), object.arch);
    if !object.extension {
        page.paragraph(&[Span::plain("  ")], 2, Tone::Plain, &format!("{file}; no extension module"));
        page.blank();
        needs::libraries(page, inspected);
        return;
    }
    let claimed = match object.abi {
        AbiTag::None => "its name says no ABI".to_owned(),
        abi => format!("{abi} by its name"),
    };
    let floor = object.baseline.map(|floor| format!(", from {floor} on by its tag")).unwrap_or_default();
    let text = format!("extension module `{}`: {file}; {claimed}{floor}", object.module);
    page.paragraph(&[Span::plain("  ")], 2, Tone::Plain, &text);
    page.blank();
    definition::built_with(page, inspected);
    for definition in &object.definitions {
        definition::show(page, definition);
    }
    definition::types(page, inspected);
    page.blank();
    needs::imports(page, inspected);
    needs::libraries(page, inspected);
    if report.objects.len() == 1 {
        needs::platform(page, report.platform.as_ref());
    }
    needs::processor(page, inspected);
    page.blank();
    answers::predictions(page, report, inspected);
    page.blank();
    answers::keeps(page, inspected);
}

fn format_in_words(format: &str) -> &str {
    match format {
        "elf" => "ELF",
        "macho" => "Mach-O",
        "pe" => "PE",
        "wasm" => "WebAssembly",
        other => other,
    }
}
