//! `soabi floor` for people, and as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use soabi_core::{AbiTag, PyVersion};
use soabi_report::FloorReport;
use soabi_report::floor::{BlockerEntry, ModuleFloor, NeededName, StableGoal};

use super::format::{Format, Json};
use super::page::{Page, Span, Tone};
use super::view::View;

/// The formats of the report.
pub(crate) static FORMATS: &[&dyn Format<FloorReport>] = &[&Human, &Json { schema: "soabi/floor/v1" }];

struct Human;

impl Format<FloorReport> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "lines for people"
    }

    fn render(&self, report: &FloorReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(view);
        for file in &report.files {
            for module in &file.modules {
                page.blank();
                about(&mut page, module.member.as_deref().unwrap_or(&file.path), module);
            }
            for error in &file.errors {
                let text = format!("{}: {error}", file.path);
                page.paragraph(&[Span::new(Tone::Bad, "error: ")], 2, Tone::Plain, &text);
            }
            if file.modules.is_empty() && file.errors.is_empty() {
                let text = format!("{}: there is no extension module in it", file.path);
                page.paragraph(&[], 2, Tone::Plain, &text);
            }
        }
        out.write_all(page.finish().as_bytes())
    }
}

/// A labelled paragraph.
fn line(page: &mut Page<'_>, label: &str, tone: Tone, text: &str) {
    let label = format!("  {label:<8} ");
    page.paragraph(&[Span::new(Tone::Dim, &label)], label.len(), tone, text);
}

fn about(page: &mut Page<'_>, path: &str, module: &ModuleFloor) {
    let head = format!("{path}: {}", verdict(module));
    page.paragraph(&[], 2, Tone::Strong, &head);
    line(page, "tag", Tone::Plain, &tag(module));
    holds(page, "lower", &module.holds_up, "exported from");
    if let Some(data) = &module.by_data {
        let text = format!("{} is known from {} on", data.because, data.version);
        line(page, "data", Tone::Plain, &text);
    }
    holds(page, "newer", &module.holds_down, "exported up to");
    for goal in &module.goals {
        stable(page, goal);
    }
    if let Some(advice) = &module.toolkit_advice {
        line(page, "toolkit", Tone::Plain, advice);
    }
}

/// The answer in a sentence.
fn verdict(module: &ModuleFloor) -> String {
    let stable = module.goals.iter().find(|goal| goal.goal == module.abi).and_then(|goal| goal.from);
    match (module.lowest, module.highest, stable) {
        (Some(_), Some(_), Some(version)) => {
            format!("needs Python {version}: the stable ABI has all that it uses from {version} on")
        }
        (Some(lowest), Some(highest), None) if lowest == highest => {
            format!("needs Python {lowest}, and no other has all that it uses")
        }
        (Some(lowest), Some(highest), None) => {
            let or_older = if module.lowest_is_oldest_known { " or older" } else { "" };
            format!("works in Python {lowest}{or_older} to {highest}, by its names and numbers")
        }
        _ => "no CPython that is known has all that it needs".to_owned(),
    }
}

fn tag(module: &ModuleFloor) -> String {
    let Some(promised) = module.promised else {
        return "promises no version".to_owned();
    };
    let what = match module.abi {
        AbiTag::Abi3 | AbiTag::Abi3t => format!("promises {promised} and later ({})", module.abi),
        abi => format!("promises {promised} ({abi})"),
    };
    match module.lowest {
        Some(lowest) if lowest > promised && !module.lowest_is_oldest_known => {
            format!("{what}, which is too low: it needs {lowest}")
        }
        _ => what,
    }
}

/// The names that set a bound.
fn holds(page: &mut Page<'_>, label: &str, names: &[NeededName], words: &str) {
    let most = page.view().most_names();
    for (at, name) in names.iter().take(most).enumerate() {
        let end = if label == "lower" { name.exported_by.first() } else { name.exported_by.last() };
        let versions = match end {
            Some(version) => format!("{words} {version}"),
            None => "exported by none".to_owned(),
        };
        let origin = name.origin.as_ref().map(|origin| format!("; from {origin}")).unwrap_or_default();
        line(
            page,
            if at == 0 { label } else { "" },
            Tone::Plain,
            &format!("`{}`: {versions}{origin}", name.name),
        );
    }
    rest(page, names.len().saturating_sub(most));
}

fn rest(page: &mut Page<'_>, more: usize) {
    if more > 0 {
        line(page, "", Tone::Dim, &format!("and {more} more (-v)"));
    }
}

fn stable(page: &mut Page<'_>, goal: &StableGoal) {
    let label = goal.goal.to_string();
    if let Some(version) = goal.from {
        line(page, &label, Tone::Good, &format!("would do from {version} on"));
    } else {
        let blocking = goal.blockers.iter().filter(|blocker| blocker.since.is_none()).count() + goal.more;
        let things = if blocking == 1 { "1 thing keeps" } else { &format!("{blocking} things keep") };
        line(page, &label, Tone::Look, &format!("{things} it from {label}"));
    }
    // Where nothing is in the way, the names that set the version; else what is in the way.
    let shown: Vec<&BlockerEntry> = match goal.from {
        Some(from) => goal.blockers.iter().filter(|blocker| blocker.since == Some(from)).collect(),
        None => goal.blockers.iter().filter(|blocker| blocker.since.is_none()).collect(),
    };
    let most = page.view().most_names();
    for blocker in shown.iter().take(most) {
        line(page, "", Tone::Plain, &in_words(blocker));
    }
    rest(page, shown.len().saturating_sub(most) + goal.more);
}

fn in_words(blocker: &BlockerEntry) -> String {
    let since = blocker.since.filter(|version| !blocker.why.contains(&version.to_string()));
    let since = since.map(|version: PyVersion| format!(" (from {version} on)")).unwrap_or_default();
    let mut text = format!("`{}`: {}{since}", blocker.what, blocker.why);
    // What is in some way in the stable ABI has a reason of its own.
    if !blocker.why.starts_with("not in") && !blocker.why.starts_with("private") {
        return text;
    }
    if let Some(origin) = &blocker.origin {
        let _ = write!(text, "; from {origin}");
    }
    if let Some(instead) = &blocker.instead {
        let _ = write!(text, "; instead: {instead}");
    }
    text
}
