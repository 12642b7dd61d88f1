//! A picture whose squares lead to their evidence.

use std::collections::BTreeSet;

use super::text::shown;
use crate::output::page::Tone;
use crate::output::picture::{Picture, Row, Square};

/// A picture, and what its rows and squares lead to.
pub(crate) struct Grid<'a> {
    /// The picture.
    pub(crate) picture: &'a Picture,
    /// Its rows of squares, in their order.
    pub(crate) lines: Vec<Line>,
    /// What a row is, such as `module`.
    pub(crate) thing: &'static str,
    /// What the tags of the lines are, such as `Rule`.
    pub(crate) tags: &'static str,
    /// The columns in full: `CPython 3.13t`. One list for each block.
    pub(crate) columns: Vec<Vec<String>>,
}

/// What is known of a row beside its squares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) name: String,
    /// The id of its evidence in the page.
    pub(crate) target: String,
    /// Which of the modules in that evidence it is. `None` for all of them.
    pub(crate) module: Option<usize>,
    /// Its verdict in a few words, and the tone of it.
    pub(crate) verdict: Option<(&'static str, Tone)>,
    /// Words to filter by.
    pub(crate) tags: BTreeSet<String>,
    /// The evidence of its squares, one list for each block. Empty where all lead to the evidence of the row.
    pub(crate) squares: Vec<Vec<Option<Target>>>,
}

/// Where the evidence of a square is.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The id of its evidence in the page.
    pub(crate) id: String,
    /// What only this square has: the time that it took, in milliseconds.
    pub(crate) ms: String,
}

impl Grid<'_> {
    /// The squares of each row.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Vec<Vec<Option<Square>>>> {
        self.picture.rows.iter().filter_map(|row| match row {
            Row::Squares { squares, .. } => Some(squares),
            Row::Heading(_) => None,
        })
    }
}

/// The digit of a kind of square in `data-m`, by which the script knows the squares of a row.
pub(super) fn digit(legend: &[Square], square: Option<Square>) -> char {
    let at = square.and_then(|square| legend.iter().position(|known| known.mark == square.mark));
    at.and_then(|at| char::from_digit(u32::try_from(at).ok()?.min(35), 36)).unwrap_or('-')
}

/// Tags as the script reads them: with a bar on both sides of each.
pub(crate) fn words(tags: &BTreeSet<String>) -> Option<String> {
    let tags: Vec<String> = tags.iter().map(|tag| shown(tag)).collect();
    (!tags.is_empty()).then(|| format!("|{}|", tags.join("|")))
}
