//! Reports as one HTML file that needs nothing else: no network and no second file.
//!
//! Everything that is known is in the markup: without scripts the page is a table whose squares are links to their
//! evidence. The script adds the filters, the keyboard, and a panel with the evidence of one square, which it takes
//! from the page itself. A policy in the page allows that script and that style sheet and nothing else, whatever a
//! name smuggles in. Nothing here knows what a report is about.

mod classes;
mod document;
mod filters;
mod grid;
mod table;
mod text;

pub(crate) use classes::{class, meaning};
pub(crate) use document::Document;
pub(crate) use grid::{Grid, Line, Target, words};
pub(crate) use text::{prose, shown};
