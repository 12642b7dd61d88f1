//! The notes for people at a terminal: the picture, where it is not the same everywhere, the sums.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use soabi_core::AbiTag;
use soabi_notes::{Claim, Group, Judged};
use soabi_report::notes::ClaimVerdict;

use super::expectation::who;
use super::results::Report;
use crate::output::columns::heads;
use crate::output::format::Format;
use crate::output::page::{Page, Span, Tone};
use crate::output::picture::{Block, Meaning, Picture, Row, Square, draw};
use crate::output::text::count;
use crate::output::view::View;

/// The format for people.
pub(super) struct Human;

impl Format<Report> for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "A picture of claims and interpreters, and where they are not the same"
    }

    fn render(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(view);
        draw(&mut page, &picture(report));
        changes(&mut page, report);
        unexpected(&mut page, report);
        not_run(&mut page, report);
        for error in &report.errors {
            page.paragraph(
                &[Span::new(Tone::Bad, "could not be done")],
                2,
                Tone::Plain,
                &format!(": {error}"),
            );
        }
        sums(&mut page, report);
        out.write_all(page.finish().as_bytes())
    }
}

const fn square(verdict: ClaimVerdict) -> Square {
    match verdict {
        ClaimVerdict::Holds => Square::new(Meaning::Kept, "H", "holds"),
        ClaimVerdict::Changed => Square::new(Meaning::Look, "c", "holds, with other answers"),
        ClaimVerdict::DoesNotHold => Square::new(Meaning::Look, "N", "does not hold"),
        ClaimVerdict::Unexpected => Square::new(Meaning::Broken, "!", "not as expected"),
        ClaimVerdict::NotRun => Square::new(Meaning::NotCovered, ".", "not checked"),
    }
}

/// Claims down, interpreters across.
fn picture(report: &Report) -> Picture {
    let ids: Vec<AbiTag> = report.columns.iter().map(|column| column.python).collect();
    let mut rows = Vec::new();
    for group in Group::ALL {
        let claims: Vec<_> = report.claims.iter().filter(|claim| claim.group == group).collect();
        if !claims.is_empty() {
            rows.push(Row::Heading(group.title().replace('`', "")));
        }
        for claim in claims {
            let of = |id: &AbiTag| {
                let judged = cells(report, claim).find(|(python, _)| python == id);
                judged.map(|(_, judged)| square(judged.verdict))
            };
            rows.push(Row::Squares {
                label: claim.id.clone(),
                squares: vec![ids.iter().map(of).collect()],
                note: String::new(),
            });
        }
    }
    Picture {
        corner: String::new(),
        blocks: vec![Block { title: String::new(), heads: heads(&ids) }],
        rows,
        filled: false,
    }
}

/// A claim in every interpreter.
fn cells<'r>(report: &'r Report, claim: &'r Claim) -> impl Iterator<Item = (AbiTag, &'r Judged<'static>)> {
    report.columns.iter().flat_map(move |column| {
        let of_claim = column.judged.iter().filter(move |judged| judged.claim.id == claim.id);
        of_claim.map(|judged| (column.python, judged))
    })
}

/// For every claim, the interpreters that answered otherwise, and why.
fn changes(page: &mut Page<'_>, report: &Report) {
    let mut heading = Some("not the same everywhere");
    for claim in &report.claims {
        let seen: BTreeSet<&str> = cells(report, claim)
            .flat_map(|(_, judged)| &judged.lines)
            .filter(|line| matches!(line.verdict, ClaimVerdict::Changed | ClaimVerdict::DoesNotHold))
            .filter_map(|line| line.why.as_deref())
            .collect();
        for expect in claim.expects.iter().filter(|expect| seen.contains(expect.why.as_str())) {
            title(page, &mut heading, Tone::Strong);
            let not = if expect.holds { "" } else { "does not hold: " };
            let words = format!(", {}: {not}{}", who(expect), expect.why.replace('`', ""));
            page.paragraph(&[Span::plain("  "), Span::plain(&claim.id)], 4, Tone::Plain, &words);
        }
    }
}

fn unexpected(page: &mut Page<'_>, report: &Report) {
    let mut heading = Some("not as expected");
    for (column, judged) in
        report.columns.iter().flat_map(|column| column.judged.iter().map(move |judged| (column, judged)))
    {
        for line in judged.lines.iter().filter(|line| line.verdict == ClaimVerdict::Unexpected) {
            title(page, &mut heading, Tone::Strong);
            let of_many = if line.column == "answer" { String::new() } else { format!(" ({})", line.column) };
            let seen = line.seen.as_deref().unwrap_or("no answer");
            let expected = line.expected.unwrap_or("no answer");
            let cell = format!("{}@{}", judged.claim.id, column.python);
            let words = format!(": {}{of_many}: {seen} (expected {expected})", line.row);
            page.paragraph(&[Span::plain("  "), Span::plain(&cell)], 4, Tone::Plain, &words);
        }
    }
}

/// What could not be asked, those with the same reason together.
fn not_run(page: &mut Page<'_>, report: &Report) {
    let mut heading = Some("not run");
    let reasons = report.columns.iter().flat_map(|column| {
        let lines = column.judged.iter().flat_map(|judged| {
            let line = judged.lines.iter().filter(|line| line.verdict == ClaimVerdict::NotRun);
            judged.why_not.as_deref().into_iter().chain(line.filter_map(|line| line.why.as_deref()))
        });
        lines.map(move |why| (why, column.python))
    });
    let mut grouped: BTreeMap<&str, (usize, BTreeSet<AbiTag>)> = BTreeMap::new();
    for (why, python) in reasons {
        let (number, pythons) = grouped.entry(why).or_default();
        *number += 1;
        pythons.insert(python);
    }
    for (why, (number, pythons)) in grouped {
        title(page, &mut heading, Tone::Strong);
        let pythons: Vec<_> = pythons.iter().map(ToString::to_string).collect();
        let words = format!("{number} x {}: {why}", pythons.join(", "));
        page.paragraph(&[Span::plain("  ")], 4, Tone::Plain, &words);
    }
}

fn sums(page: &mut Page<'_>, report: &Report) {
    let summary = super::report::of(report).summary;
    let is_bad = summary.unexpected > 0 || !report.errors.is_empty();
    let most = report.columns.iter().max_by(|one, other| one.cpu_ms.total_cmp(&other.cpu_ms));
    page.blank();
    if let Some(most) = most {
        let answers = count(summary.answers, "answer");
        let words = format!(
            "{answers}, at most {:.0} ms of processor time an interpreter ({})",
            most.cpu_ms, most.python
        );
        page.paragraph(&[], 2, Tone::Plain, &words);
    }
    let (claims, pythons) = (count(report.claims.len(), "claim"), count(report.columns.len(), "interpreter"));
    let words = format!(
        "{claims} x {pythons}: {} hold, {} hold with other answers, {} do not hold, {} unexpected, {} not checked",
        summary.hold, summary.changed, summary.do_not_hold, summary.unexpected, summary.not_run
    );
    page.paragraph(&[], 2, if is_bad { Tone::Bad } else { Tone::Good }, &words);
}

/// A heading, once.
fn title(page: &mut Page<'_>, heading: &mut Option<&str>, tone: Tone) {
    if let Some(heading) = heading.take() {
        page.blank();
        page.line(&[Span::new(tone, heading)]);
    }
}
