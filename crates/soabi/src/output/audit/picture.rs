//! The picture of an audit: extensions down, interpreters across, a square for every prediction.
//!
//! A square is a letter on a color. The letter alone says everything: capital where something is promised or
//! refused, small where nothing is promised, `?` where the tables do not know.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::{AbiTag, Gate, Prediction, PredictionKind};
use soabi_report::audit::{AuditReport, ObjectEntry, SubjectEntry};

use super::{file_name, place};
use crate::output::axis;

/// Left of the squares.
const MARGIN: &str = "  ";
/// Above this many rows, rows with the same squares become one.
const MOST_ROWS: usize = 8;
/// The same, where there are several subjects.
const MOST_ROWS_OF_MANY: usize = 2;
/// After this many subjects the interpreters are named again.
const REPEAT: usize = 20;

/// Draws the predictions of `report`. Empty where there are none.
pub(super) fn draw(report: &AuditReport) -> String {
    let pythons: Vec<AbiTag> = report.pythons.iter().map(|python| python.id).collect();
    let alone = report.subjects.len() == 1;
    let most = if alone { MOST_ROWS } else { MOST_ROWS_OF_MANY };
    let subjects = report.subjects.iter().filter(|subject| extensions(subject).next().is_some());
    let mut text = String::new();
    for (index, subject) in subjects.enumerate() {
        if index % REPEAT == 0 {
            names(&mut text, &pythons);
        }
        if !alone {
            let _ = writeln!(text, "{}", file_name(subject));
        }
        for (squares, label) in rows(subject, most) {
            let _ = writeln!(text, "{MARGIN}{squares} {label}");
        }
    }
    text
}

/// The files of a subject that Python imports.
fn extensions(subject: &SubjectEntry) -> impl Iterator<Item = &ObjectEntry> {
    subject.objects.iter().filter(|object| object.extension)
}

fn names(text: &mut String, pythons: &[AbiTag]) {
    if !text.is_empty() {
        text.push('\n');
    }
    for line in axis::header(pythons) {
        let _ = writeln!(text, "{MARGIN}{}", line.trim_end());
    }
}

/// Squares, and the extensions that they stand for: the first, and how many more.
fn rows(subject: &SubjectEntry, most: usize) -> Vec<(String, String)> {
    let extensions: Vec<&ObjectEntry> = extensions(subject).collect();
    let mut groups: Vec<(String, Vec<&ObjectEntry>)> = Vec::new();
    for object in &extensions {
        let squares: String = object.predictions.iter().map(square).collect();
        // The slices of a universal file are one row when they are treated alike.
        let same = |(known, objects): &&mut (String, Vec<&ObjectEntry>)| {
            *known == squares && (extensions.len() > most || objects[0].member == object.member)
        };
        match groups.iter_mut().find(same) {
            Some((_, objects)) => objects.push(object),
            None => groups.push((squares, vec![object])),
        }
    }
    let row = |(squares, mut objects): (String, Vec<&ObjectEntry>)| {
        objects.dedup_by_key(|object| &object.member);
        let first = place(subject, objects[0].member.as_ref());
        let label = match objects.len() - 1 {
            0 if slices_differ(&extensions, objects[0]) => format!("{first} ({})", objects[0].arch),
            0 => first.to_owned(),
            more => format!("{first} and {more} more"),
        };
        (squares, label)
    };
    groups.into_iter().map(row).collect()
}

/// Whether the slices of a universal file are treated differently.
fn slices_differ(extensions: &[&ObjectEntry], object: &ObjectEntry) -> bool {
    extensions.iter().any(|other| {
        other.member == object.member && other.predictions != object.predictions && other.arch != object.arch
    })
}

/// One square, two columns wide.
fn square(prediction: &Prediction) -> String {
    let style = style(prediction);
    format!("{style}{} {style:#}", letter(prediction))
}

fn letter(prediction: &Prediction) -> char {
    match (prediction.expect, prediction.gate) {
        (PredictionKind::Accept, _) => 'A',
        (PredictionKind::Refuse, Some(Gate::Name)) => 'N',
        (PredictionKind::Refuse, Some(Gate::Platform)) => 'P',
        (PredictionKind::Refuse, Some(Gate::Symbols)) => 'S',
        (PredictionKind::Refuse, Some(Gate::Runtime) | None) => 'R',
        (PredictionKind::Luck, _) => 'a',
        (PredictionKind::Unknown, _) => '?',
    }
}

fn style(prediction: &Prediction) -> Style {
    let on = |back: AnsiColor, fore: AnsiColor| {
        Style::new().bg_color(Some(back.into())).fg_color(Some(fore.into()))
    };
    match prediction.expect {
        PredictionKind::Accept => on(AnsiColor::Green, AnsiColor::Black),
        PredictionKind::Refuse => on(AnsiColor::BrightBlack, AnsiColor::White),
        PredictionKind::Luck => on(AnsiColor::Yellow, AnsiColor::Black),
        PredictionKind::Unknown => Style::new().dimmed(),
    }
}

/// What the letters mean, as one short text.
pub(super) fn legend() -> &'static str {
    "A accepted   refused at: N name, P platform, S symbols   a luck: may load, nobody promised it   ? not known\n"
}
