//! The audit as a page: the verdict, the picture, and for each subject its findings and what each Python does with it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use maud::{Markup, html};
use soabi_core::{AbiTag, PredictionKind, Severity};
use soabi_report::audit::{AuditReport, FindingEntry};

use super::evidence::{applies_to, list_of, list_of_some, more};
use super::module::{Module, State, known};
use super::overview::{Overseen, Overview};
use super::picture::square;
use super::place::place;
use super::reasons::{file_of, text};
use super::verdict::{VerdictKind, cpython};
use crate::output::columns::{name, span};
use crate::output::format::Format;
use crate::output::html::{Document, Grid, Line, class, meaning, prose, shown, words};
use crate::output::page::Tone;
use crate::output::picture::Picture;
use crate::output::text::count;
use crate::output::view::View;

/// Up to this many subjects with something wrong are open from the beginning.
const MOST_OPEN: usize = 12;
/// Of longer lists in evidence only the first names are shown.
const MOST_NAMES: usize = 64;

/// One HTML file.
pub(super) struct Html;

impl Format<AuditReport> for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "One HTML file: the table with filters, and the evidence behind each square"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        // A page has room for notes and for every module; its sentences are as short as those of a terminal.
        let view = View { verbosity: view.verbosity.max(0), unicode: true, ..*view };
        let all = View { verbosity: view.verbosity.max(1), ..view };
        let overview = Overview { most_names: view.most_names(), ..Overview::of(report, &all) };
        let picture = super::picture::of(&overview, &View { verbosity: 2, ..view });
        let verdict = overview.verdict();
        let page = Document {
            command: "soabi audit",
            about: about(&overview),
            tone: verdict.kind.tone(),
            mark: verdict.kind.mark(true),
            sentence: verdict.sentence,
            counts: counts(&overview),
            grid: picture.as_ref().map(|picture| grid(&overview, picture)),
            body: subjects(&overview),
            version: &report.version,
            tables: &report.tables,
        };
        out.write_all(page.render().as_bytes())
    }
}

/// The subject, or how many there are.
fn about(overview: &Overview<'_>) -> String {
    match &overview.subjects[..] {
        [subject] => subject.entry.path.clone(),
        _ => {
            overview.kinds().iter().map(|(kind, number)| count(*number, kind)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn counts(overview: &Overview<'_>) -> Vec<(usize, String)> {
    let summary = &overview.report.summary;
    let plural = |number: usize, what: &str| if number == 1 { what.to_owned() } else { format!("{what}s") };
    let numbers = [
        (summary.extensions, "extension module"),
        (summary.objects - summary.extensions, "other native file"),
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.notes, "note"),
        (summary.ignored, "ignored finding"),
        (summary.not_audited, "file that could not be read"),
    ];
    let numbers = numbers.into_iter().filter(|(number, _)| *number > 0);
    numbers
        .map(|(number, what)| match what {
            "file that could not be read" if number > 1 => {
                (number, "files that could not be read".to_owned())
            }
            _ => (number, plural(number, what)),
        })
        .collect()
}

fn grid<'p>(overview: &Overview<'_>, picture: &'p Picture) -> Grid<'p> {
    let full = |column: &usize| {
        let id = overview.report.pythons[*column].id;
        cpython(&[id], &name(id))
    };
    let columns = overview.families().iter().map(|(_, columns)| columns.iter().map(full).collect()).collect();
    let lines: Vec<Line> = match &overview.subjects[..] {
        [subject] => {
            subject.modules.iter().enumerate().map(|(at, module)| of_module(subject, at, module)).collect()
        }
        subjects => {
            let numbered = subjects.iter().enumerate().filter(|(_, subject)| !subject.modules.is_empty());
            numbered.map(|(at, subject)| of_subject(at, subject)).collect()
        }
    };
    let thing = if overview.subjects.len() == 1 { "module" } else { "package" };
    Grid { picture, lines, thing, tags: "Rule", columns }
}

fn of_module(subject: &Overseen<'_>, at: usize, module: &Module<'_>) -> Line {
    let findings = subject.shown.iter().filter(|finding| is_about(finding, module));
    Line {
        name: module.name.clone(),
        target: id(0),
        module: Some(at),
        tags: findings.map(|finding| finding.rule.clone()).collect(),
        ..Line::default()
    }
}

fn of_subject(at: usize, subject: &Overseen<'_>) -> Line {
    Line {
        name: subject.title.clone(),
        target: id(at),
        verdict: Some((verdict_words(subject.kind()), subject.kind().tone())),
        tags: rules(subject),
        ..Line::default()
    }
}

fn rules(subject: &Overseen<'_>) -> BTreeSet<String> {
    subject.shown.iter().map(|finding| finding.rule.clone()).collect()
}

/// Whether a finding is about a module, or about all that is in its subject.
fn is_about(finding: &FindingEntry, module: &Module<'_>) -> bool {
    finding.object.is_none() || module.objects.iter().any(|object| object.member == finding.object)
}

/// The id of a subject in the page.
fn id(at: usize) -> String {
    format!("s{at}")
}

const fn verdict_words(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::NothingNative => "nothing native",
        VerdictKind::Works => "works",
        VerdictKind::Warned => "works, with warnings",
        VerdictKind::NothingPromised => "no Python is named",
        VerdictKind::NotSelected => "for other Pythons",
        VerdictKind::Doubtful => "to be checked",
        VerdictKind::NotKnown => "not known",
        VerdictKind::NotJudged => "not fully judged",
        VerdictKind::Fails => "fails",
    }
}

/// The subjects, those with something wrong first.
fn subjects(overview: &Overview<'_>) -> Markup {
    let mut order: Vec<(usize, &Overseen<'_>)> = overview.subjects.iter().enumerate().collect();
    order.sort_by_key(|(_, subject)| Reverse(subject.kind()));
    let alone = overview.subjects.len() == 1;
    let is_bad = |subject: &Overseen<'_>| subject.kind().tone() == Tone::Bad;
    let few = overview.subjects.iter().filter(|subject| is_bad(subject)).count() <= MOST_OPEN;
    html! {
        section aria-label="Evidence" {
            h2 { "Evidence" }
            @for (at, subject) in order {
                details data-n=(shown(&subject.title)) data-id=(id(at)) data-v=(verdict_words(subject.kind()))
                    data-r=[words(&rules(subject))] open[alone || (few && is_bad(subject))] {
                    summary {
                        span class=(format!("dot {}", class(subject.kind().tone()))) { }
                        b { (shown(&subject.title)) }
                        @if !alone { span.says { (prose(&overview.sentence(subject))) } }
                    }
                    div.body id=(id(at)) { (body(overview, subject)) }
                }
            }
        }
    }
}

fn body(overview: &Overview<'_>, subject: &Overseen<'_>) -> Markup {
    let entry = subject.entry;
    html! {
        dl {
            dt { "file" } dd { code { (shown(&entry.path)) } }
            @if !entry.tags.is_empty() { dt { "tags" } dd { code { (shown(&entry.tags.join(" "))) } } }
            @if !subject.modules.is_empty() {
                dt { "modules" }
                dd {
                    (count(subject.modules.len(), "module"))
                    @if let Some(needs) = entry.objects.iter().filter_map(|object| object.computed).max() {
                        ", by their symbols for Python " (needs.to_string()) " and later"
                    }
                }
            }
        }
        @if !(subject.shown.is_empty() && entry.ignored.is_empty() && subject.errors.is_empty()) {
            h3 { "Findings" }
            @for found in &subject.shown { (finding(overview, subject, found)) }
            @for ignored in &entry.ignored {
                div.finding {
                    span.rule { "ignored[" (shown(&ignored.finding.rule)) "]" } " "
                    code { (shown(place(entry, ignored.finding.object.as_ref()))) }
                    p { (prose(&ignored.finding.message)) }
                    dl { dt { "reason" } dd { (prose(&ignored.reason)) } }
                }
            }
            @for error in &subject.errors {
                div.finding.broken {
                    span.rule { "not judged" } " " code { (shown(place(entry, error.object.as_ref()))) }
                    p { (prose(&error.message)) }
                }
            }
        }
        @if !subject.modules.is_empty() {
            h3 { "What each Python does" }
            @for why in whys(overview, subject) { (why.render(overview, subject)) }
        }
    }
}

fn finding(overview: &Overview<'_>, subject: &Overseen<'_>, finding: &FindingEntry) -> Markup {
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Look,
        Severity::Note => Tone::Dim,
    };
    let modules = subject.modules.iter().enumerate().filter(|(_, module)| is_about(finding, module));
    let modules: Vec<usize> = modules.map(|(at, _)| at).collect();
    let named = finding.evidence.get("pythons");
    let columns =
        named.map(|named| positions(overview, |python| named.iter().any(|name| *name == python.to_string())));
    html! {
        div class=(format!("finding {}", class(tone))) data-c=(columns.unwrap_or_else(|| positions(overview, |_| true)))
            data-i=(list(&modules)) {
            span.rule { (finding.severity.as_str()) "[" (shown(&finding.rule)) "]" } " "
            code { (shown(place(subject.entry, finding.object.as_ref()))) }
            p { (prose(&finding.message)) }
            dl {
                @for (what, names) in finding.evidence.iter().filter(|(what, _)| *what != "pythons") {
                    dt { (shown(what)) }
                    dd { code { (shown(&list_of_some(names, more(finding, what), MOST_NAMES))) } }
                }
                @if let Some(pythons) = applies_to(finding, &subject.entry.promised) {
                    dt { "affects" } dd { (pythons) }
                }
                @if let Some(help) = &finding.help { dt { "fix" } dd { (prose(help)) } }
                dt { "more" } dd { code { "soabi explain " (shown(&finding.rule)) } }
            }
        }
    }
}

/// Numbers with spaces between, as the script reads them.
fn list(numbers: &[usize]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The columns of the interpreters that are `wanted`, as the script counts them: from left to right.
fn positions(overview: &Overview<'_>, wanted: impl Fn(AbiTag) -> bool) -> String {
    let pythons = &overview.report.pythons;
    let columns: Vec<usize> = overview.families().into_iter().flat_map(|(_, columns)| columns).collect();
    let wanted = columns.iter().enumerate().filter(|(_, column)| wanted(pythons[**column].id));
    list(&wanted.map(|(at, _)| at).collect::<Vec<_>>())
}

/// Why modules do what they do in some interpreters.
struct Why<'a> {
    state: State,
    text: String,
    columns: Vec<usize>,
    modules: Vec<(usize, &'a str)>,
}

/// All reasons of a subject, the worst first. Modules with the same reason in the same interpreters are together.
fn whys<'a>(overview: &Overview<'_>, subject: &'a Overseen<'_>) -> Vec<Why<'a>> {
    let mut all: Vec<Why<'a>> = Vec::new();
    let mut known: HashMap<(State, String, Vec<usize>), usize> = HashMap::new();
    for (at, module) in subject.modules.iter().enumerate() {
        for (state, text, columns) in of_one(overview, module) {
            let place = *known.entry((state, text.clone(), columns.clone())).or_insert(all.len());
            if place == all.len() {
                all.push(Why { state, text, columns, modules: Vec::new() });
            }
            all[place].modules.push((at, &module.name));
        }
    }
    all.sort_by_key(|why| Reverse(why.state));
    all
}

/// The reasons of a module, each with its columns.
fn of_one(overview: &Overview<'_>, module: &Module<'_>) -> Vec<(State, String, Vec<usize>)> {
    let view = View { verbosity: 1, ..View::default() };
    let mut reasons: Vec<(State, String, Vec<usize>)> = Vec::new();
    for &column in &overview.columns {
        let Some(prediction) = module.predictions.get(column) else { continue };
        let state = module.states[column];
        let text = if state == State::NotReady && prediction.expect == PredictionKind::Accept {
            "its tags do not name it, so installers do not take it".to_owned()
        } else {
            text(prediction, &file_of(module, prediction), view.most_names())
        };
        match reasons.iter_mut().find(|known| known.0 == state && known.1 == text) {
            Some((_, _, columns)) => columns.push(column),
            None => reasons.push((state, text, vec![column])),
        }
    }
    reasons
}

impl Why<'_> {
    fn render(&self, overview: &Overview<'_>, subject: &Overseen<'_>) -> Markup {
        let pythons = &overview.report.pythons;
        let mut ids: Vec<AbiTag> = self.columns.iter().map(|&column| pythons[column].id).collect();
        ids.sort();
        ids.dedup();
        let modules: Vec<usize> = self.modules.iter().map(|(at, _)| *at).collect();
        let names: Vec<String> = self.modules.iter().map(|(_, name)| (*name).to_owned()).collect();
        let square = square(self.state, !overview.report.required.is_empty());
        html! {
            div class=(format!("why {}", meaning(square.meaning))) data-c=(positions(overview, |id| ids.contains(&id)))
                data-i=(list(&modules)) {
                b { (span(&ids, &known(overview.report), false)) }
                @if names.len() < subject.modules.len() { " " code { (shown(&list_of(&names, MOST_NAMES))) } }
                " " span.says { (square.mark) " " (square.says) }
                br;
                (prose(&self.text))
            }
        }
    }
}
