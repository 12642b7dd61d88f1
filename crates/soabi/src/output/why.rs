//! `soabi why` for people, and as JSON.

use std::io::{self, Write};

use soabi_core::{AbiTag, Gate, PredictionKind};
use soabi_report::WhyReport;
use soabi_report::why::{About, Cause, ModuleAnswer, PythonRange, SymbolEntry};

use super::columns::{Family, name};
use super::format::{Format, Json};
use super::page::{Page, Span, Tone};
use super::view::View;

/// The formats of the report.
pub(crate) static FORMATS: &[&dyn Format<WhyReport>] = &[&Human, &Json { schema: "soabi/why/v1" }];

struct Human;

impl Format<WhyReport> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "the cause and what to do, for people"
    }

    fn render(&self, report: &WhyReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(view);
        match report.about {
            About::Message => message(&mut page, report),
            About::Symbol => report.symbol.iter().for_each(|symbol| about_symbol(&mut page, report, symbol)),
            About::File => file(&mut page, report),
        }
        out.write_all(page.finish().as_bytes())
    }
}

/// A labelled paragraph.
fn line(page: &mut Page<'_>, label: &str, tone: Tone, text: &str) {
    let label = format!("  {label:<10} ");
    page.paragraph(&[Span::new(Tone::Dim, &label)], label.len(), tone, text);
}

fn message(page: &mut Page<'_>, report: &WhyReport) {
    let Some((first, others)) = report.causes.split_first() else {
        page.paragraph(&[], 0, Tone::Plain, "Nothing in this text is known to soabi: no cause is named.");
        page.paragraph(
            &[Span::new(Tone::Dim, "hint: ")],
            6,
            Tone::Plain,
            "give the whole traceback (`soabi why - < log`), with the last line and those of the loader; a file or a \
             symbol can be asked about as well",
        );
        return;
    };
    cause(page, first);
    if !others.is_empty() {
        page.blank();
        page.line(&[Span::new(Tone::Strong, "It also says")]);
        for other in others {
            let label = format!("  line {:<4} ", other.line);
            page.paragraph(&[Span::new(Tone::Dim, &label)], label.len(), Tone::Plain, &other.cause);
            line(page, "", Tone::Dim, &format!("`soabi explain {}`", other.kind));
        }
    }
}

fn cause(page: &mut Page<'_>, cause: &Cause) {
    page.paragraph(&[], 0, Tone::Strong, &cause.cause);
    for note in &cause.notes {
        page.paragraph(&[], 0, Tone::Look, note);
    }
    page.blank();
    for (at, action) in cause.actions.iter().enumerate() {
        line(page, if at == 0 { "do" } else { "or" }, Tone::Plain, action);
    }
    if let Some(symbol) = cause.symbol.as_ref().filter(|symbol| symbol.owner.is_some()) {
        line(page, "symbol", Tone::Plain, &format!("`{}`: {}", symbol.name, exported(symbol)));
    }
    let sure = format!("{}; line {} of the text", cause.confidence.as_str(), cause.line);
    line(page, "certainty", Tone::Plain, &sure);
    let rule = cause.rule.iter().map(|rule| format!("`soabi explain {rule}`"));
    let more: Vec<String> = [format!("`soabi explain {}`", cause.kind)]
        .into_iter()
        .chain(rule)
        .chain(cause.references.iter().cloned())
        .collect();
    line(page, "more", Tone::Dim, &more.join(", "));
}

/// Who exports a symbol, in words.
fn exported(symbol: &SymbolEntry) -> String {
    match (&symbol.exported_in_words, &symbol.owner) {
        (Some(words), _) => format!("exported by {words}"),
        (None, Some(owner)) if owner == "CPython" => {
            "no CPython that was measured exports it (2.7, 3.6 and later)".to_owned()
        }
        (None, Some(owner)) => format!("a name of {owner}"),
        (None, None) => "no Python and no library that soabi knows exports it".to_owned(),
    }
}

fn about_symbol(page: &mut Page<'_>, report: &WhyReport, symbol: &SymbolEntry) {
    let answer = format!(": {}", exported(symbol));
    page.paragraph(&[Span::new(Tone::Strong, &symbol.name)], 2, Tone::Plain, &answer);
    if !symbol.depends.is_empty() {
        let names: Vec<String> = symbol.depends.iter().map(|abi| name(*abi)).collect();
        line(page, "", Tone::Plain, &format!("of {} in some patch releases only", names.join(", ")));
    }
    if !symbol.library_versions.is_empty() {
        line(page, "versions", Tone::Plain, &format!("{} (x86-64)", symbol.library_versions.join(", ")));
    }
    if symbol.owner.as_deref() == Some("CPython") {
        line(page, "stable ABI", Tone::Plain, &stable(symbol));
    }
    if let Some(origin) = &symbol.origin {
        line(page, "from", Tone::Plain, origin);
    }
    if let Some(advice) = &symbol.advice {
        line(page, "so", Tone::Plain, advice);
    }
    if let Some(instead) = &symbol.instead {
        line(page, "instead", Tone::Plain, instead);
    }
    if let Some(reference) = &symbol.reference {
        line(page, "see", Tone::Dim, reference);
    }
    for python in &report.required {
        let has = report.given == Some(true) || symbol.exported_by.contains(python);
        let (tone, word) = if has { (Tone::Good, "exported by") } else { (Tone::Bad, "not exported by") };
        page.line(&[Span::new(tone, &format!("{word} {}", name(*python)))]);
    }
    match (symbol.owner.as_deref(), report.causes.first()) {
        (None, _) => report.nearest.first().into_iter().for_each(|near| {
            let text = format!("did you mean `{near}`?");
            page.paragraph(&[Span::new(Tone::Dim, "hint: ")], 6, Tone::Plain, &text);
        }),
        (Some("CPython"), _) | (_, None) => {}
        // A name of another library: what to do where it is missing.
        (Some(_), Some(cause)) => {
            for (at, action) in cause.actions.iter().enumerate() {
                line(page, if at == 0 { "missing?" } else { "or" }, Tone::Plain, action);
            }
        }
    }
}

fn stable(symbol: &SymbolEntry) -> String {
    match (symbol.stable_since, symbol.abi_only, symbol.private) {
        (Some(version), true, _) => format!("from {version} on, used by macros only"),
        (Some(version), false, _) => format!("from {version} on"),
        (None, _, true) => "no: a private name".to_owned(),
        (None, ..) => "no".to_owned(),
    }
}

fn file(page: &mut Page<'_>, report: &WhyReport) {
    for module in &report.modules {
        about_module(page, report, module);
    }
    for error in &report.errors {
        page.paragraph(&[Span::new(Tone::Bad, "error: ")], 2, Tone::Plain, error);
    }
    if report.modules.is_empty() && report.errors.is_empty() {
        page.paragraph(&[], 0, Tone::Plain, "There is no extension module in it.");
    }
    let names: Vec<String> = report.required.iter().map(|abi| name(*abi)).collect();
    let names = names.join(", ");
    match report.given {
        Some(true) => {
            page.paragraph(&[], 0, Tone::Good, &format!("It loads in {names}, as its tags promise."));
        }
        Some(false) => page.paragraph(&[], 0, Tone::Bad, &format!("It is not known to load in {names}.")),
        None => {}
    }
}

fn about_module(page: &mut Page<'_>, report: &WhyReport, module: &ModuleAnswer) {
    let verbose = page.view().verbosity > 0;
    let is_shown = |range: &&PythonRange| match (&report.required[..], range.pythons.first()) {
        ([], Some(first)) => verbose || Family::of(*first) != Family::Special,
        (required, _) => range.pythons.iter().any(|python| required.contains(python)),
    };
    page.blank();
    let path = module.member.as_deref().unwrap_or(&report.asked);
    let about = match module.abi {
        AbiTag::None => format!("{path}: the module `{}`, with no version in its name", module.module),
        abi => format!("{path}: the module `{}`, named for {abi}", module.module),
    };
    page.paragraph(&[], 2, Tone::Strong, &about);
    let ranges: Vec<&PythonRange> = module.ranges.iter().filter(is_shown).collect();
    let width = ranges.iter().map(|range| range.in_words.chars().count()).max().unwrap_or(0).min(30);
    for range in ranges {
        let (tone, word) = match range.expect {
            PredictionKind::Accept => (Tone::Good, "loads"),
            PredictionKind::Refuse => (Tone::Bad, "refused"),
            PredictionKind::Luck => (Tone::Look, "may load"),
            PredictionKind::Unknown => (Tone::Look, "unknown"),
        };
        let pythons = format!("  {:<width$}  ", range.in_words);
        let word = format!("{word:<8}  ");
        let indent = pythons.chars().count() + word.len();
        page.paragraph(
            &[Span::plain(&pythons), Span::new(tone, &word)],
            indent,
            Tone::Plain,
            &reason(page, range),
        );
    }
    page.blank();
    if report.required.is_empty() {
        let loads: Vec<&str> = (module.ranges.iter())
            .filter(|range| range.expect == PredictionKind::Accept)
            .map(|range| range.in_words.as_str())
            .collect();
        if loads.is_empty() {
            page.paragraph(&[], 0, Tone::Look, "No Python is promised to load it.");
        } else {
            page.paragraph(&[], 0, Tone::Strong, &format!("Promised to load in {}.", loads.join(", ")));
        }
    }
}

/// Why a range does what it does.
fn reason(page: &Page<'_>, range: &PythonRange) -> String {
    let missing = || missing(page, range);
    match (range.gate, range.by_path_gate) {
        (Some(Gate::Name), Some(Gate::Symbols)) if !range.missing.is_empty() => {
            format!("does not look for this file name; loaded by its path, {}", missing())
        }
        (Some(Gate::Name), Some(_)) => "does not look for this file name, and would refuse the file as well".to_owned(),
        (Some(Gate::Name), None) => {
            "does not look for this file name; loaded by its path, nothing is missing, and nothing guarantees that it \
             works"
                .to_owned()
        }
        (Some(Gate::Symbols), _) if !range.missing.is_empty() => missing(),
        _ => range.why.clone(),
    }
}

/// The names that are missing, each with the last or the first version that has it.
fn missing(page: &Page<'_>, range: &PythonRange) -> String {
    let most = page.view().most_names();
    let names = range.missing.iter().take(most).map(|missing| match &missing.exported_in_words {
        Some(words) => format!("`{}` ({words})", missing.name),
        None => format!("`{}`", missing.name),
    });
    let names: Vec<String> = names.collect();
    let more = range.missing.len().saturating_sub(most) + range.missing_more;
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let verb = if names.len() + more == 1 { "is" } else { "are" };
    format!("{}{rest} {verb} missing", names.join(", "))
}
