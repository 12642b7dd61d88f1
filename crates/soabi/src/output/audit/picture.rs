//! The picture of an audit: extensions down, interpreters across, a square for every prediction.
//!
//! A square is a letter on a color. The letter alone says everything: capital where something is promised or
//! refused, small where nothing is promised, `?` where the tables do not know.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::report::audit::{AuditReport, ObjectEntry, PredictionEntry, SubjectEntry};
use soabi_core::{AbiTag, Gate};

use super::{file_name, place};
use crate::output::axis;

/// Above this many rows, rows with the same squares become one.
const MOST_ROWS: usize = 8;
/// After this many subjects the interpreters are named again.
const REPEAT: usize = 20;

/// Draws the predictions of `report`. Empty where there are none.
pub(super) fn draw(report: &AuditReport, width: usize) -> String {
    let pythons: Vec<AbiTag> = report.pythons.iter().map(|python| python.id).collect();
    let drawn: Vec<(&SubjectEntry, Vec<Row>)> = report
        .subjects
        .iter()
        .map(|subject| (subject, rows(subject)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let labels = drawn.iter().flat_map(|(_, rows)| rows).map(|row| row.label.chars().count());
    let alone = report.subjects.len() == 1;
    let widest = labels.max().unwrap_or(0);
    // A label that leaves no room for the squares stands above them.
    let beside = alone && widest + 2 + 2 * pythons.len() <= width;
    let indent = if beside { widest + 2 } else { 4 };
    let mut text = String::new();
    for (index, (subject, rows)) in drawn.iter().enumerate() {
        if index % REPEAT == 0 {
            names(&mut text, &pythons, indent);
        }
        if !alone && (rows.len() > 1 || rows[0].label != file_name(subject)) {
            let _ = writeln!(text, "{}", file_name(subject));
        }
        for row in rows {
            if beside {
                let _ = writeln!(text, "{:<indent$}{}", row.label, row.squares);
            } else {
                let margin = if alone || row.label == file_name(subject) { "" } else { "  " };
                let _ = writeln!(text, "{margin}{}\n{:indent$}{}", row.label, "", row.squares);
            }
        }
    }
    text
}

fn names(text: &mut String, pythons: &[AbiTag], indent: usize) {
    if !text.is_empty() {
        text.push('\n');
    }
    for line in axis::header(pythons) {
        let _ = writeln!(text, "{:indent$}{}", "", line.trim_end());
    }
}

/// Extensions whose squares are the same, or one of them.
struct Row {
    label: String,
    squares: String,
}

fn rows(subject: &SubjectEntry) -> Vec<Row> {
    let extensions: Vec<&ObjectEntry> = subject.objects.iter().filter(|object| object.extension).collect();
    let label = |object: &ObjectEntry| place(subject, object.member.as_ref()).to_owned();
    let mut groups: Vec<(String, Vec<&ObjectEntry>)> = Vec::new();
    for object in &extensions {
        let squares: String = object.predictions.iter().map(square).collect();
        // The slices of a universal file are one row when they are treated alike.
        let same = |(known, objects): &&mut (String, Vec<&ObjectEntry>)| {
            *known == squares && (extensions.len() > MOST_ROWS || objects[0].member == object.member)
        };
        match groups.iter_mut().find(same) {
            Some((_, objects)) => objects.push(object),
            None => groups.push((squares, vec![object])),
        }
    }
    let row = |(squares, mut objects): (String, Vec<&ObjectEntry>)| {
        objects.dedup_by_key(|object| &object.member);
        let first = label(objects[0]);
        let label = match objects.len() - 1 {
            0 if slices(&extensions, objects[0]) => format!("{first} ({})", objects[0].arch),
            0 => first,
            more => format!("{first} and {more} more"),
        };
        Row { label, squares }
    };
    groups.into_iter().map(row).collect()
}

/// Whether the slices of a universal file are treated differently.
fn slices(extensions: &[&ObjectEntry], object: &ObjectEntry) -> bool {
    extensions.iter().any(|other| {
        other.member == object.member && other.predictions != object.predictions && other.arch != object.arch
    })
}

/// One square, two columns wide.
fn square(prediction: &PredictionEntry) -> String {
    let style = style(prediction);
    format!("{style}{} {style:#}", letter(prediction))
}

fn letter(prediction: &PredictionEntry) -> char {
    match (prediction.expect.as_str(), prediction.gate) {
        ("accept", _) => 'A',
        ("refuse", Some(Gate::Name)) => 'N',
        ("refuse", Some(Gate::Platform)) => 'P',
        ("refuse", Some(Gate::Symbols)) => 'S',
        ("refuse", _) => 'R',
        ("luck", _) => 'a',
        _ => '?',
    }
}

fn style(prediction: &PredictionEntry) -> Style {
    let on = |back: AnsiColor, fore: AnsiColor| {
        Style::new().bg_color(Some(back.into())).fg_color(Some(fore.into()))
    };
    match prediction.expect.as_str() {
        "accept" => on(AnsiColor::Green, AnsiColor::Black),
        "refuse" => on(AnsiColor::BrightBlack, AnsiColor::White),
        "luck" => on(AnsiColor::Yellow, AnsiColor::Black),
        _ => Style::new().dimmed(),
    }
}

/// What the letters mean, as one short text.
pub(super) fn legend() -> &'static str {
    "A accepted   refused at: N name, P platform, S symbols   a luck: may load, nobody promised it   ? not known\n"
}
