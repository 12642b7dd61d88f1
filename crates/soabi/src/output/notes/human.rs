//! The notes for people at a terminal: the picture, where it is not the same everywhere, the sums.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::AbiTag;
use soabi_notes::{Claim, Group, Judged};
use soabi_report::notes::ClaimVerdict;

use super::{Report, who};
use crate::output::{axis, count};

const BOLD: Style = Style::new().bold();

pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    picture(&mut text, report);
    changes(&mut text, report);
    unexpected(&mut text, report);
    not_run(&mut text, report);
    for error in &report.errors {
        let _ = writeln!(text, "could not be done: {error}");
    }
    sums(&mut text, report);
    text
}

fn color(verdict: ClaimVerdict) -> AnsiColor {
    match verdict {
        ClaimVerdict::Holds => AnsiColor::Green,
        ClaimVerdict::Changed => AnsiColor::Yellow,
        ClaimVerdict::DoesNotHold => AnsiColor::Magenta,
        ClaimVerdict::Unexpected => AnsiColor::Red,
        ClaimVerdict::NotRun => AnsiColor::BrightBlack,
    }
}

fn letter(verdict: ClaimVerdict) -> char {
    match verdict {
        ClaimVerdict::Holds => 'H',
        ClaimVerdict::Changed => 'c',
        ClaimVerdict::DoesNotHold => 'N',
        ClaimVerdict::Unexpected => '!',
        ClaimVerdict::NotRun => '.',
    }
}

fn picture(text: &mut String, report: &Report<'_>) {
    let ids: Vec<AbiTag> = report.columns.iter().map(|column| column.python).collect();
    let width = report.claims.iter().map(|claim| claim.id.len()).max().unwrap_or(0) + 2;
    for line in axis::header(&ids) {
        let _ = writeln!(text, "{:width$}  {}", "", line.trim_end());
    }
    for group in Group::ALL {
        let mut heading = format!("{BOLD}{}{BOLD:#}\n", group.title().replace('`', ""));
        for claim in report.claims.iter().filter(|claim| claim.group == group) {
            text.push_str(&std::mem::take(&mut heading));
            let _ = write!(text, "  {:width$}", claim.id);
            for (_, judged) in cells(report, claim) {
                let style = Style::new().fg_color(Some(color(judged.verdict).into()));
                let _ = write!(text, "{style}{}{style:#} ", letter(judged.verdict));
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
    }
    text.push_str(
        "\nH holds   c holds, with other answers   N does not hold   !: not as expected   . not asked\n",
    );
}

/// A claim in every interpreter.
fn cells<'r>(report: &'r Report<'r>, claim: &'r Claim) -> impl Iterator<Item = (AbiTag, &'r Judged<'r>)> {
    report.columns.iter().flat_map(move |column| {
        let of_claim = column.judged.iter().filter(move |judged| judged.claim.id == claim.id);
        of_claim.map(|judged| (column.python, judged))
    })
}

/// For every claim, who was seen to answer otherwise, and why.
fn changes(text: &mut String, report: &Report<'_>) {
    let mut heading = format!("\n{BOLD}not the same everywhere{BOLD:#}\n");
    for claim in report.claims {
        let seen: BTreeSet<&str> = cells(report, claim)
            .flat_map(|(_, judged)| &judged.lines)
            .filter(|line| matches!(line.verdict, ClaimVerdict::Changed | ClaimVerdict::DoesNotHold))
            .filter_map(|line| line.why.as_deref())
            .collect();
        for expect in claim.expects.iter().filter(|expect| seen.contains(expect.why.as_str())) {
            text.push_str(&std::mem::take(&mut heading));
            let not = if expect.holds { "" } else { "does not hold: " };
            let _ = writeln!(text, "  {}, {}: {not}{}", claim.id, who(expect), expect.why.replace('`', ""));
        }
    }
}

fn unexpected(text: &mut String, report: &Report<'_>) {
    let red = BOLD.fg_color(Some(AnsiColor::Red.into()));
    let mut heading = format!("\n{red}not as expected{red:#}\n");
    for (column, judged) in
        report.columns.iter().flat_map(|column| column.judged.iter().map(move |judged| (column, judged)))
    {
        for line in judged.lines.iter().filter(|line| line.verdict == ClaimVerdict::Unexpected) {
            text.push_str(&std::mem::take(&mut heading));
            let of_many = if line.column == "answer" { String::new() } else { format!(" ({})", line.column) };
            let seen = line.seen.as_deref().unwrap_or("no answer");
            let expected = line.expected.unwrap_or("no answer");
            let _ = writeln!(
                text,
                "  {}@{}: {}{of_many}: {seen} (expected {expected})",
                judged.claim.id, column.python, line.row
            );
        }
    }
}

/// What could not be asked, those with the same reason together.
fn not_run(text: &mut String, report: &Report<'_>) {
    let mut heading = format!("\n{BOLD}not asked{BOLD:#}\n");
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
        text.push_str(&std::mem::take(&mut heading));
        let pythons: Vec<_> = pythons.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  {number} x {}: {why}", pythons.join(", "));
    }
}

fn sums(text: &mut String, report: &Report<'_>) {
    let summary = super::report::of(report).summary;
    let is_bad = summary.unexpected > 0 || !report.errors.is_empty();
    let style = BOLD.fg_color(Some(if is_bad { AnsiColor::Red } else { AnsiColor::Green }.into()));
    let _ = writeln!(
        text,
        "\n{style}{} x {}{style:#}: {} hold, {} hold with other answers, {} do not hold, {} unexpected, {} not asked",
        count(report.claims.len(), "claim"),
        count(report.columns.len(), "interpreter"),
        summary.hold,
        summary.changed,
        summary.do_not_hold,
        summary.unexpected,
        summary.not_run
    );
    let most = report.columns.iter().max_by(|one, other| one.cpu_ms.total_cmp(&other.cpu_ms));
    if let Some(most) = most {
        let _ = writeln!(
            text,
            "{}, at most {:.0} ms of processor time an interpreter ({})",
            count(summary.answers, "answer"),
            most.cpu_ms,
            most.python
        );
    }
}
