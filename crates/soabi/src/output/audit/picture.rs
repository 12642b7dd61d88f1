//! The picture of an audit: modules down, or subjects where there are several; interpreters across.

use std::collections::BTreeMap;

use textwrap::core::display_width;

use super::module::{Module, State, known};
use super::overview::{Overseen, Overview};
use super::verdict::VerdictKind;
use crate::output::columns::{heads, span};
use crate::output::picture::{Block, Meaning, Picture, Row, Square};
use crate::output::view::View;

/// Above this many modules, those with the same squares become one row.
const MOST_ROWS: usize = 8;

const WORKS: Square =
    Square { meaning: Meaning::Kept, mark: "\u{2713}", ascii: "+", says: "loads, as promised" };
const BROKEN: Square =
    Square { meaning: Meaning::Broken, mark: "\u{2717}", ascii: "X", says: "promised, but fails to load" };
const FLAGGED: Square = Square::new(Meaning::Look, "!", "loads, but see the findings");
const NOT_GUARANTEED: Square = Square::new(Meaning::Look, "~", "may load; nothing guarantees that it works");
const NOT_KNOWN: Square = Square::new(Meaning::Look, "?", "not known");
const NOT_COVERED: Square =
    Square { meaning: Meaning::NotCovered, mark: "\u{b7}", ascii: "-", says: "not covered by the tags" };

/// The square of a state. Where interpreters are required (`--python`), the words say so.
pub(super) const fn square(state: State, is_required: bool) -> Square {
    match state {
        State::NotCovered => NOT_COVERED,
        State::Works if is_required => Square { says: "loads, as promised or required", ..WORKS },
        State::Works => WORKS,
        State::Flagged => FLAGGED,
        State::NotKnown | State::NotKnownReady => NOT_KNOWN,
        State::NotGuaranteed => NOT_GUARANTEED,
        State::Broken | State::NotReady if is_required => {
            Square { says: "promised or required, but fails to load", ..BROKEN }
        }
        State::Broken | State::NotReady => BROKEN,
    }
}

/// The picture, or nothing where nothing is imported.
pub(super) fn of(overview: &Overview<'_>, view: &View) -> Option<Picture> {
    let with_modules: Vec<&Overseen<'_>> =
        overview.subjects.iter().filter(|subject| !subject.modules.is_empty()).collect();
    let families = overview.families();
    if with_modules.is_empty() || families.is_empty() {
        return None;
    }
    let blocks = families.iter().map(|(_, columns)| {
        let ids: Vec<_> = columns.iter().map(|&column| overview.report.pythons[column].id).collect();
        Block { title: String::new(), heads: heads(&ids) }
    });
    let is_required = !overview.report.required.is_empty();
    let squares = |states: &[State]| -> Vec<Vec<Option<Square>>> {
        let of_family = |columns: &Vec<usize>| {
            columns.iter().map(|&column| Some(square(states[column], is_required))).collect()
        };
        families.iter().map(|(_, columns)| of_family(columns)).collect()
    };
    let (corner, rows) = if let ([_], [subject]) = (&overview.subjects[..], &with_modules[..]) {
        ("module".to_owned(), modules(subject, view, &squares))
    } else {
        let row = |subject: &&Overseen<'_>| Row::Squares {
            label: label(subject, view),
            squares: squares(&subject.states),
            note: note(subject),
        };
        (String::new(), with_modules.iter().map(row).collect())
    };
    Some(Picture { corner, blocks: blocks.collect(), rows, filled: false })
}

/// The title, behind a mark where it is not good.
fn label(subject: &Overseen<'_>, view: &View) -> String {
    let kind = subject.kind();
    let is_good = matches!(kind, VerdictKind::NothingNative | VerdictKind::Works);
    let mark = if is_good { " " } else { kind.mark(view.unicode) };
    format!("{mark:width$} {}", subject.title, width = VerdictKind::Fails.mark(view.unicode).chars().count())
}

/// The picture of several subjects for a terminal: where there is room for it, what each promises and needs is in columns
/// behind its title.
pub(super) fn with_promises(mut picture: Picture, overview: &Overview<'_>, view: &View) -> Picture {
    let subjects = overview.subjects.iter().filter(|subject| !subject.modules.is_empty());
    let cells: Vec<[String; 2]> =
        subjects.map(|subject| [promises(overview, subject), needs(subject)]).collect();
    let head = ["promises".to_owned(), "needs".to_owned()];
    let [first, second] = [0, 1].map(|column| {
        let widths = cells.iter().map(|cells| display_width(&cells[column]));
        widths.max().unwrap_or(0).max(head[column].len())
    });
    let titles = picture.rows.iter().filter_map(|row| match row {
        Row::Squares { label, .. } => Some(display_width(label)),
        Row::Heading(_) => None,
    });
    let title = titles.max().unwrap_or(0);
    let heads = picture.blocks.iter().flat_map(|block| &block.heads);
    let squares: usize = heads.map(|head| head.1.len() + 1).sum::<usize>() + 3 * picture.blocks.len();
    let is_one = overview.subjects.len() == 1;
    if is_one || title + first + second + 8 + squares + view.width / 5 > view.width {
        return picture;
    }
    let line = |text: &str, [promises, needs]: &[String; 2]| {
        format!("{text:title$}  {promises:first$}  {needs:second$}")
    };
    for (row, cells) in picture.rows.iter_mut().zip(&cells) {
        if let Row::Squares { label, .. } = row {
            *label = line(label, cells);
        }
    }
    picture.corner = line("", &head);
    picture
}

/// What the tags promise, in a few letters: `3.9+`, `3.13, 3.13t`.
fn promises(overview: &Overview<'_>, subject: &Overseen<'_>) -> String {
    let is_open = |tag: &String| tag.contains("abi3") || tag.starts_with("py");
    let is_open = subject.entry.tags.iter().any(is_open);
    let words = span(&subject.entry.promised, &known(overview.report), is_open);
    words.replace(" and later", "+").replace(" to ", "-").replace(" and ", ", ").replace("no Python", "-")
}

/// The first version that has all that the stable ABI modules import.
fn needs(subject: &Overseen<'_>) -> String {
    let objects = subject.modules.iter().flat_map(|module| &module.objects);
    objects
        .filter_map(|object| object.computed)
        .max()
        .map_or_else(|| "-".to_owned(), |version| version.to_string())
}

/// A row for each module, or for those with the same squares.
fn modules(
    subject: &Overseen<'_>,
    view: &View,
    squares: &impl Fn(&[State]) -> Vec<Vec<Option<Square>>>,
) -> Vec<Row> {
    let few = subject.modules.len() <= MOST_ROWS || view.verbosity > 1;
    let mut groups: Vec<Vec<&Module<'_>>> = Vec::new();
    for module in &subject.modules {
        match groups.iter_mut().find(|group| !few && group[0].states == module.states) {
            Some(group) => group.push(module),
            None => groups.push(vec![module]),
        }
    }
    let row = |group: Vec<&Module<'_>>| Row::Squares {
        label: match group.len() - 1 {
            0 => group[0].name.clone(),
            more => format!("{} and {more} more", group[0].name),
        },
        squares: squares(&group[0].states),
        note: String::new(),
    };
    groups.into_iter().map(row).collect()
}

/// Behind the squares of a subject: the rules that have something to say, or how many modules there are.
fn note(subject: &Overseen<'_>) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &subject.shown {
        *rules.entry(&finding.rule).or_default() += 1;
    }
    if !rules.is_empty() {
        return rules.into_keys().collect::<Vec<_>>().join(", ");
    }
    if let Some(words) = subject.not_ready() {
        return words.to_owned();
    }
    match (subject.verdict.kind, subject.modules.len()) {
        (VerdictKind::NotJudged, _) => "not fully judged".to_owned(),
        (VerdictKind::NotSelected, _) => "for other Pythons".to_owned(),
        (_, 1) => String::new(),
        (_, number) => format!("{number} modules"),
    }
}
