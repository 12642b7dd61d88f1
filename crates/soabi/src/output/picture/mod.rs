//! Pictures: things down, interpreters across, a square for each pair. Drawn as ANSI text, as Markdown and as SVG.
//!
//! A picture knows what its squares mean, not how they look. The mark of a square says everything without color.

mod ansi;
mod grid;
mod markdown;
mod svg;

pub(crate) use ansi::draw;
pub(crate) use grid::{Block, Meaning, Picture, Row, Square};
pub(crate) use markdown::{code, escaped, table};
pub(crate) use svg::svg;
