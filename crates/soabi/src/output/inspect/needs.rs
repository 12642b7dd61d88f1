//! What a file asks for: names of an interpreter, libraries, a platform, a processor.

use soabi_report::inspect::{InspectedObject, LibraryEntry, LibraryPlace, PlatformEntry};

use super::field::{counted, field, some, toned};
use crate::output::page::{Page, Tone};
use crate::output::text::count;

/// The names that an interpreter has to export.
pub(super) fn imports(page: &mut Page<'_>, inspected: &InspectedObject) {
    let imports = &inspected.imports;
    let all =
        imports.stable.len() + imports.version_specific.len() + imports.private.len() + imports.unknown.len();
    field(page, "imports", &format!("{} of Python's", count(all, "name")));
    let view = *page.view();
    if !imports.stable.is_empty() {
        let mut newest: Vec<_> = imports.stable.iter().collect();
        newest.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.name.cmp(&b.name)));
        let first = newest[0].since;
        let names: Vec<String> = newest
            .iter()
            .take_while(|import| view.verbosity > 0 || import.since == first)
            .map(|import| format!("{} ({})", import.name, import.since))
            .collect();
        let text = format!("{} of the stable ABI; the newest: {}", imports.stable.len(), some(&names, &view));
        field(page, "  stable", &text);
    }
    for (label, names) in [
        ("  one version", &imports.version_specific),
        ("  private", &imports.private),
        ("  unknown", &imports.unknown),
    ] {
        if !names.is_empty() {
            field(page, label, &format!("{}: {}", names.len(), some(names, &view)));
        }
    }
    if let Some(oldest) = &inspected.oldest_by_data {
        field(page, "numbers", &format!("of {} and later: {}", oldest.python, oldest.because));
    }
}

/// The libraries, and where each comes from.
pub(super) fn libraries(page: &mut Page<'_>, inspected: &InspectedObject) {
    let longest = inspected.libraries.iter().map(|library| library.name.len()).max().unwrap_or_default();
    let width = longest.min(30);
    for (at, library) in inspected.libraries.iter().enumerate() {
        let label = if at == 0 { "libraries" } else { "" };
        let tone = if library.found == LibraryPlace::Absent { Tone::Bad } else { Tone::Plain };
        toned(page, label, tone, &format!("{:<width$}  {}", library.name, place(library)));
    }
}

fn place(library: &LibraryEntry) -> String {
    let by = library.by.as_deref().unwrap_or_default();
    match library.found {
        LibraryPlace::Wheel => format!("in the wheel: {by}"),
        LibraryPlace::WheelIfLoaded => format!("in the wheel, where something has to load it first: {by}"),
        LibraryPlace::Interpreter => "the interpreter's".to_owned(),
        LibraryPlace::Platform => "the system's".to_owned(),
        LibraryPlace::Outside => format!("from outside: {by}"),
        LibraryPlace::Absent if by.is_empty() => "found nowhere".to_owned(),
        LibraryPlace::Absent => format!("found nowhere; the nearest is {by}"),
    }
}

/// The lowest platform that is true.
pub(super) fn platform(page: &mut Page<'_>, platform: Option<&PlatformEntry>) {
    let Some(platform) = platform else { return };
    let view = *page.view();
    let because = match &platform.because[..] {
        [] => String::new(),
        because => format!("; not lower because of {}", some(because, &view)),
    };
    field(page, "platform", &format!("{} and newer{because}", platform.tag));
}

/// The processor features that every import needs.
pub(super) fn processor(page: &mut Page<'_>, inspected: &InspectedObject) {
    if inspected.object.arch != "x86_64" {
        return;
    }
    let view = *page.view();
    if inspected.cpu.is_empty() {
        return field(page, "processor", "nothing above x86-64-v1 on the way to the module");
    }
    let features: Vec<String> = inspected
        .cpu
        .iter()
        .map(|need| {
            let level = need.level.as_ref().map(|level| format!(" ({level})")).unwrap_or_default();
            format!("{}{level} at {:#x}", need.feature, need.address)
        })
        .collect();
    toned(page, "processor", Tone::Look, &counted(&features, "feature", &view));
}
