//! The notes as a page: every claim with the answers that are expected of every version.
//!
//! It is the same page on every machine, whatever interpreters that has: what is written is what is expected, and
//! `soabi notes` fails where an interpreter answers otherwise.

use std::fmt::Write as _;
use std::io;

use soabi_core::{AbiTag, CpythonAbi};
use soabi_notes::table::NOT_ASKED;
use soabi_notes::{Claim, Expect, Group, Table};
use soabi_python::manifests;

use super::expectation::who;
use super::results::Report;
use crate::output::format::Format;
use crate::output::view::View;

const PREFACE: &str = "\
# What the notes claim

This project began from a page of notes on extending Python with C. Here is each of its claims, with what every version
of Python from 2.7 to 3.15 makes of it. Nothing here is hearsay: a claim is a file in `crates/soabi-notes/claims/` that
holds this text, these tables and the source that asks, and `soabi notes` asks every interpreter of a machine and fails
where one of them answers otherwise.

Written by `just notes`; changed in the claims.

**holds**: the answers are those of the first table. **changed**: the claim is true, and some answers are those of
another table, for the reason that stands there. **no**: it is not true there.
";

/// The page.
pub(super) struct Markdown;

impl Format<Report> for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "The claims with all their answers, as a page for people"
    }

    fn render(&self, report: &Report, _: &View, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(page(&report.claims).as_bytes())
    }
}

fn page(claims: &[&Claim]) -> String {
    let mut text = PREFACE.to_owned();
    overview(&mut text, claims);
    for group in Group::ALL {
        let mut heading = format!("\n## {}\n\n{}\n", group.title(), group.introduction());
        for claim in claims.iter().filter(|claim| claim.group == group) {
            text.push_str(&std::mem::take(&mut heading));
            text.push('\n');
            section(&mut text, claim, 3);
        }
    }
    text
}

/// A claim, under a heading of this level.
pub(super) fn section(text: &mut String, claim: &Claim, level: usize) {
    let _ = writeln!(text, "{} {}\n\n{}", "#".repeat(level), claim.id, claim.statement);
    for expect in &claim.expects {
        block(text, claim, expect);
    }
}

/// Claims down, versions across.
fn overview(text: &mut String, claims: &[&Claim]) {
    let release =
        |abi: &AbiTag| matches!(abi, AbiTag::Cpython(abi) if *abi == CpythonAbi::release(abi.version));
    let pypy = manifests().iter().map(|manifest| manifest.id).find(|id| matches!(id, AbiTag::Pypy { .. }));
    let releases: Vec<AbiTag> = manifests().iter().map(|manifest| manifest.id).filter(release).collect();
    let columns: Vec<AbiTag> = releases.into_iter().chain(pypy).collect();
    let name = |id: &AbiTag| match id {
        AbiTag::Pypy { .. } => "PyPy".to_owned(),
        id => id.python_version().map(|version| version.to_string()).unwrap_or_default(),
    };
    let names: Vec<_> = columns.iter().map(name).collect();
    let _ = writeln!(text, "\n| claim | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for claim in claims {
        let words: Vec<_> = columns.iter().map(|python| word(claim, *python)).collect();
        let _ = writeln!(text, "| [{id}](#{id}) | {} |", words.join(" | "), id = claim.id);
    }
}

/// What becomes of a claim, if everything is as expected.
fn word(claim: &Claim, python: AbiTag) -> &'static str {
    let expected = claim.expected(python);
    let mut asked = expected.values().filter(|expected| expected.answer != NOT_ASKED).peekable();
    if asked.peek().is_none() {
        ""
    } else if asked.clone().any(|expected| !expected.by.holds) {
        "no"
    } else if asked.any(|expected| !expected.by.why.is_empty()) {
        "changed"
    } else {
        "holds"
    }
}

/// The claim as it is made, or who answers otherwise and why.
fn block(text: &mut String, claim: &Claim, expect: &Expect) {
    if !expect.why.is_empty() {
        let not = if expect.holds { "" } else { " It does not hold." };
        let _ = writeln!(text, "\n**{}:**{not} {}", capitalized(&who(expect)), expect.why);
    }
    // Where nothing is asked, a table of nothing says no more than the reason.
    if expect.table.answers().any(|(_, answer)| answer != NOT_ASKED) {
        table(text, &expect.table, claim.group == Group::Conversions);
    }
}

/// A table. Rows are code unless they are questions; columns are code where they are units of a format.
fn table(text: &mut String, table: &Table, columns_are_units: bool) {
    let rows_are_words = table.rows_are == "question";
    let column =
        |name: &String| if columns_are_units && name != "answer" { code(name) } else { escaped(name) };
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    let rule = "---|".repeat(columns.len());
    let _ = writeln!(text, "\n| {} | {} |\n|---|{rule}", table.rows_are, columns.join(" | "));
    for (row, cells) in &table.rows {
        let row = if rows_are_words { escaped(row) } else { code(row) };
        let cells: Vec<_> = cells.iter().map(|cell| answer(cell)).collect();
        let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
    }
}

fn answer(cell: &str) -> String {
    match cell {
        "" => String::new(),
        NOT_ASKED => "not asked".to_owned(),
        _ => code(cell),
    }
}

/// As code in a table, where a bar would end the cell.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
