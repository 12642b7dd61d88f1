//! The audit for people: what was audited, the picture, the reasons, what is wrong, and the verdict as the last line.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use soabi_core::{AbiTag, Severity};
use soabi_report::audit::{AuditReport, FindingEntry, IgnoredEntry, Summary};
use soabi_report::release::ReleaseEntry;

use super::environment;
use super::evidence::{applies_to, list_of, list_of_some, more};
use super::module::State;
use super::overview::{Overseen, Overview};
use super::place::place;
use super::reasons;
use super::release;
use super::verdict::VerdictKind;
use crate::output::format::Format;
use crate::output::page::{Page, Span, Tone};
use crate::output::picture;
use crate::output::text::count;
use crate::output::view::{Columns, View};

/// Before the lines of a finding.
const INDENT: &str = "    ";
/// Of more reasons only the first are printed.
const MOST_REASONS: usize = 6;

/// The format for people.
pub(super) struct Human;

impl Format<AuditReport> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "A table of modules and interpreters, what is wrong, and a verdict"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        let mut page = Page::new(view);
        heading(&mut page, &overview);
        skipped(&mut page, report);
        let is_asked = environment::is_asked(&overview);
        if is_asked {
            page.blank();
            environment::draw(&mut page, &overview);
        }
        let is_wanted = !is_asked || view.columns == Columns::All || view.verbosity > 1;
        if let Some(picture) = super::picture::of(&overview, view).filter(|_| is_wanted) {
            page.blank();
            picture::draw(&mut page, &super::picture::with_promises(picture, &overview, view));
        }
        for subject in &overview.subjects {
            details(&mut page, &overview, subject);
        }
        for entry in release::tables(report, view) {
            releases(&mut page, &overview, entry);
        }
        page.blank();
        verdict(&mut page, &overview);
        out.write_all(page.finish().as_bytes())
    }
}

/// What was audited.
fn heading(page: &mut Page<'_>, overview: &Overview<'_>) {
    if let [subject] = &overview.subjects[..] {
        let tags: Vec<&str> = subject.entry.tags.iter().map(String::as_str).collect();
        let tags = tags.join(" ");
        let title = page.shown(&subject.title);
        let mut words = if tags.is_empty() || subject.title == subject.entry.path {
            String::new()
        } else {
            format!("  {tags}")
        };
        let content = content(subject);
        if !content.is_empty() {
            words = format!("{words}  ({content})");
        }
        page.paragraph(&[Span::new(Tone::Strong, &title)], 2, Tone::Plain, &words);
        return;
    }
    let summary = &overview.report.summary;
    let kinds: Vec<String> = overview.kinds().iter().map(|(kind, number)| count(*number, kind)).collect();
    let things = kinds.join(", ");
    let content = natives(summary.objects, summary.extensions);
    let required = match &overview.report.required[..] {
        [] => String::new(),
        required => format!(", against {}", overview.required_words(required)),
    };
    page.paragraph(&[Span::new(Tone::Strong, &things)], 2, Tone::Plain, &format!(": {content}{required}"));
    if environment::is_asked(overview) {
        return;
    }
    let empty = |subject: &&Overseen<'_>| subject.verdict.kind == VerdictKind::NothingNative;
    let empty: Vec<String> =
        overview.subjects.iter().filter(empty).map(|subject| subject.title.clone()).collect();
    if !empty.is_empty() {
        let names = list_of(&empty, page.view().most_names());
        page.paragraph(&[], 2, Tone::Dim, &format!("nothing that Python imports in {names}"));
    }
}

/// What was passed over.
fn skipped(page: &mut Page<'_>, report: &AuditReport) {
    let names: Vec<String> = report
        .skipped
        .iter()
        .map(|skipped| format!("{} ({})", skipped.path.rsplit('/').next().unwrap_or_default(), skipped.what))
        .collect();
    if !names.is_empty() {
        let names = list_of(&names, page.view().most_names());
        page.paragraph(&[], 2, Tone::Dim, &format!("passed over: {names}"));
    }
}

/// What is in a subject, in numbers, and what it needs.
fn content(subject: &Overseen<'_>) -> String {
    let summary = Summary::of(std::slice::from_ref(subject.entry));
    let objects = &subject.entry.objects;
    let content = match (&objects[..], subject.modules.len()) {
        ([], _) => return String::new(),
        ([object], 1) => format!("1 module, {} {}", object.format, object.arch),
        (_, modules) if summary.objects == summary.extensions => count(modules, "module"),
        (_, modules) => {
            let others = summary.objects - summary.extensions;
            format!("{}, {}", count(modules, "module"), count(others, "other native file"))
        }
    };
    let needs = objects.iter().filter(|object| object.extension).filter_map(|object| object.computed).max();
    match needs {
        Some(version) => format!("{content}, needs Python {version} or later"),
        None => content,
    }
}

fn natives(objects: usize, extensions: usize) -> String {
    let others = objects - extensions;
    let extensions = count(extensions, "extension module");
    if others == 0 { extensions } else { format!("{extensions}, {}", count(others, "other native file")) }
}

/// All that there is to say of a subject but its verdict. Of several subjects only of those with something wrong.
fn details(page: &mut Page<'_>, overview: &Overview<'_>, subject: &Overseen<'_>) {
    let alone = overview.subjects.len() == 1;
    let is_doubtful = subject.verdict.kind == VerdictKind::Doubtful;
    let is_wanted = subject.has_words() || is_doubtful || page.view().verbosity > 0;
    if !alone && !is_wanted {
        return;
    }
    if !alone {
        let kind = subject.kind();
        let mark = format!("{} ", kind.mark(page.view().unicode));
        let title = page.shown(&subject.title);
        page.blank();
        let label = [Span::new(kind.tone(), &mark), Span::new(Tone::Strong, &title)];
        page.paragraph(&label, 2, Tone::Plain, &format!(": {}", overview.sentence(subject)));
    }
    let reasons = reasons::of(overview, subject, page.view());
    if !reasons.is_empty() && (alone || page.view().verbosity > 0 || !subject.has_errors()) {
        page.blank();
        let most = if page.view().verbosity > 0 { usize::MAX } else { MOST_REASONS };
        for reason in reasons.iter().take(most) {
            let tone = tone(reason.state);
            let modules =
                if reason.modules.is_empty() { String::new() } else { format!(" ({})", reason.modules) };
            let pythons = format!("{}{modules}", reason.pythons);
            let label = [Span::plain("  "), Span::new(tone, &pythons)];
            page.paragraph(&label, 4, Tone::Plain, &format!(": {}", reason.text));
        }
        if reasons.len() > most {
            page.paragraph(
                &[],
                4,
                Tone::Dim,
                &format!("  and {}: -v shows them", count(reasons.len() - most, "more reason")),
            );
        }
    }
    if page.view().verbosity > 0
        && let Some(platform) = &subject.entry.platform
    {
        page.blank();
        super::platform::draw(page, platform);
    }
    for group in grouped(&subject.shown) {
        page.blank();
        finding(page, subject, &group);
    }
    for entry in &subject.entry.ignored {
        page.blank();
        ignored(page, subject, entry);
    }
    for error in &subject.errors {
        page.blank();
        let name = place(subject.entry, error.object.as_ref());
        let label = [Span::new(Tone::Bad, "not judged"), Span::plain(": "), Span::new(Tone::Strong, name)];
        page.paragraph(&label, INDENT.len(), Tone::Plain, "");
        page.paragraph(&[Span::plain(INDENT)], INDENT.len(), Tone::Plain, &error.message);
    }
}

const fn tone(state: State) -> Tone {
    match state {
        State::Broken | State::NotReady => Tone::Bad,
        State::Flagged | State::NotKnown | State::NotKnownReady | State::NotGuaranteed => Tone::Look,
        State::Works => Tone::Good,
        State::NotCovered => Tone::Dim,
    }
}

/// Findings that say the same of several files, together.
fn grouped<'a>(findings: &[&'a FindingEntry]) -> Vec<Vec<&'a FindingEntry>> {
    let mut groups: Vec<Vec<&FindingEntry>> = Vec::new();
    let key = |finding: &'a FindingEntry| {
        (&finding.rule, finding.severity, &finding.message, &finding.evidence, &finding.more, &finding.help)
    };
    for &finding in findings {
        match groups.iter_mut().find(|group| key(group[0]) == key(finding)) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn finding(page: &mut Page<'_>, subject: &Overseen<'_>, group: &[&FindingEntry]) {
    let first = group[0];
    let most = page.view().most_names();
    let rule = format!("{}[{}]", first.severity.as_str(), first.rule);
    let places: Vec<String> =
        group.iter().map(|finding| place(subject.entry, finding.object.as_ref()).to_owned()).collect();
    let places = list_of(&places, if page.view().verbosity > 0 { most } else { 3 });
    page.paragraph(
        &[Span::new(severity(first.severity), &rule), Span::plain(": ")],
        INDENT.len(),
        Tone::Strong,
        &places,
    );
    page.paragraph(&[Span::plain(INDENT)], INDENT.len(), Tone::Plain, &first.message);
    let mut item = |what: &str, text: &str| {
        let label = format!("{INDENT}{what}: ");
        page.paragraph(&[Span::new(Tone::Dim, &label)], INDENT.len() + 2, Tone::Plain, text);
    };
    for (what, list) in first.evidence.iter().filter(|(what, _)| *what != "pythons") {
        item(what, &list_of_some(list, more(first, what), most));
    }
    if let Some(pythons) = applies_to(first, &subject.entry.promised) {
        item("affects", &pythons);
    }
    if let Some(help) = &first.help {
        item("fix", help);
    }
    item("more", &format!("soabi explain {}", first.rule));
}

const fn severity(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Look,
        Severity::Note => Tone::Strong,
    }
}

fn ignored(page: &mut Page<'_>, subject: &Overseen<'_>, entry: &IgnoredEntry) {
    let IgnoredEntry { finding, reason } = entry;
    let rule = format!("ignored[{}]: ", finding.rule);
    let place = place(subject.entry, finding.object.as_ref());
    page.paragraph(&[Span::new(Tone::Dim, &rule)], INDENT.len(), Tone::Plain, place);
    page.paragraph(&[Span::plain(INDENT)], INDENT.len(), Tone::Plain, &finding.message);
    page.paragraph(
        &[Span::plain(INDENT), Span::new(Tone::Dim, "reason: ")],
        INDENT.len() + 2,
        Tone::Plain,
        reason,
    );
}

/// What installers choose of a release.
fn releases(page: &mut Page<'_>, overview: &Overview<'_>, entry: &ReleaseEntry) {
    page.blank();
    page.paragraph(&[], 2, Tone::Strong, &release::title(entry));
    page.blank();
    picture::draw(page, &release::picture(overview, entry));
    let remarks = release::remarks(overview.report, entry);
    if !remarks.is_empty() {
        page.blank();
    }
    for remark in remarks {
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &remark);
    }
}

/// How often each rule was found at each level, the worst and then the most frequent first. The sums are those of the
/// verdict and of the line about notes.
fn statistics(page: &mut Page<'_>, overview: &Overview<'_>) {
    let mut rules: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for finding in overview.subjects.iter().flat_map(|subject| &subject.entry.findings) {
        *rules.entry((finding.severity, &finding.rule)).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|((level, rule), number)| (Reverse(*level), Reverse(*number), *rule));
    for ((level, rule), number) in &rules {
        let (tone, number, level) =
            (severity(*level), format!("  {number:>6}  "), format!("{:<7}", level.as_str()));
        let label = [Span::plain(&number), Span::new(tone, &level)];
        page.paragraph(&label, 19, Tone::Plain, &format!("  {rule}"));
    }
    if !rules.is_empty() {
        page.blank();
    }
}

/// The last lines: what is only counted, and what it all comes to.
fn verdict(page: &mut Page<'_>, overview: &Overview<'_>) {
    let mut hidden: BTreeMap<&str, usize> = BTreeMap::new();
    for subject in overview.subjects.iter().filter(|subject| subject.hidden > 0) {
        *hidden.entry("note").or_default() += subject.hidden;
    }
    if let Some((what, number)) = hidden.into_iter().next() {
        let words = format!("{}: -v shows {}.", count(number, what), if number == 1 { "it" } else { "them" });
        page.paragraph(&[], 2, Tone::Dim, &words);
        page.blank();
    }
    if overview.subjects.len() > 1 && overview.subjects.iter().any(|subject| subject.not_ready().is_some()) {
        let next = match (environment::is_asked(overview), &overview.report.required[..]) {
            (true, [AbiTag::Cpython(abi)]) => format!(
                "next: append `--format names | xargs python{}{} -m pip install --upgrade` to this command: it installs \
                 what must be rebuilt for that Python",
                abi.version,
                if abi.free_threaded { "t" } else { "" },
            ),
            _ => "next: append `--format names` to this command for what needs work, one name a line"
                .to_owned(),
        };
        page.paragraph(&[], 2, Tone::Dim, &next);
        page.blank();
    }
    if page.view().statistics {
        statistics(page, overview);
    }
    let verdict = overview.verdict();
    let mark = verdict.kind.mark(page.view().unicode);
    let mark = format!("{mark} ");
    page.paragraph(&[Span::new(verdict.kind.tone(), &mark)], 2, verdict.kind.tone(), &verdict.sentence);
}
