//! A picture as SVG, for a README and for documentation: light and dark as the reader's system is.

use std::fmt::Write;

use soabi_core::Foreign;

use super::grid::{Block, Meaning, Picture, Row, Square};
use crate::output::text::bounded;

/// The width of a character of the labels, and of the heads and marks, in pixels.
const CHARACTER: usize = 7;
/// The distance of columns and of rows.
const STEP: (usize, usize) = (26, 20);
/// Between squares, and between blocks.
const GAP: (usize, usize) = (2, 18);
/// Around everything.
const MARGIN: usize = 16;

const STYLE: &str = "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1c2024}\
.h,.s{fill:#5a636d;font-size:11px}.m{font-size:11px;text-anchor:middle}.h{text-anchor:middle}.t{font-weight:600}\
.kept{fill:#c3e8cc}.kept+text{fill:#0b4220}.broken{fill:#c2162f}.broken+text{fill:#fff;font-weight:700}\
.look{fill:#f6cd6b}.look+text{fill:#3f2800;font-weight:700}.off{fill:#eceef0}.off+text{fill:#59626b}\
@media(prefers-color-scheme:dark){text{fill:#e4e7ea}.h,.s{fill:#98a2ad}\
.kept{fill:#1d4f2e}.kept+text{fill:#c4f0d0}.broken{fill:#e5384f}.broken+text{fill:#fff}\
.look{fill:#7d5a0c}.look+text{fill:#ffeec4}.off{fill:#1f242a}.off+text{fill:#949ea8}}";

/// The picture as a file. `title` is what a screen reader says.
pub(crate) fn svg(picture: &Picture, title: &str) -> String {
    let labels = picture.rows.iter().map(|row| match row {
        Row::Squares { label, .. } => text(label.trim()).chars().count(),
        Row::Heading(_) => 0,
    });
    let label = labels.max().unwrap_or(0).max(picture.corner.len()) * CHARACTER + GAP.1;
    let mut drawing = Drawing { text: String::new(), left: MARGIN + label, y: MARGIN };
    drawing.heads(picture);
    for row in &picture.rows {
        drawing.row(picture, row);
    }
    let width =
        drawing.left + picture.blocks.iter().map(block_width).sum::<usize>() + GAP.1 * picture.blocks.len();
    let width = drawing.legend(&picture.legend(), width.max(360));
    let height = drawing.y + MARGIN;
    let title = text(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n{}</svg>\n",
        drawing.text
    )
}

/// Foreign text in a document of XML.
fn text(text: &str) -> String {
    let text = Foreign::new(&bounded(text)).to_string();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn block_width(block: &Block) -> usize {
    block.heads.len() * STEP.0
}

/// The class of a meaning in the style.
const fn class(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Kept => "kept",
        Meaning::Broken => "broken",
        Meaning::Look => "look",
        Meaning::NotCovered => "off",
    }
}

struct Drawing {
    text: String,
    left: usize,
    y: usize,
}

impl Drawing {
    /// The left edge of each block.
    fn edges(&self, picture: &Picture) -> Vec<usize> {
        let mut x = self.left;
        let mut edges = Vec::new();
        for block in &picture.blocks {
            edges.push(x);
            x += block_width(block) + GAP.1;
        }
        edges
    }

    fn heads(&mut self, picture: &Picture) {
        let edges = self.edges(picture);
        if picture.blocks.iter().any(|block| !block.title.is_empty()) {
            for (block, x) in picture.blocks.iter().zip(&edges) {
                self.words("t", *x, &block.title);
            }
            self.y += STEP.1;
        }
        self.words("s", MARGIN, &picture.corner);
        for (block, x) in picture.blocks.iter().zip(&edges) {
            for (at, head) in block.heads.iter().enumerate() {
                self.words("h", x + at * STEP.0 + (STEP.0 - GAP.0) / 2, &head.1);
            }
        }
        self.y += STEP.1;
    }

    fn row(&mut self, picture: &Picture, row: &Row) {
        match row {
            Row::Heading(title) => self.words("t", MARGIN, title),
            Row::Squares { label, squares, .. } => {
                self.words("l", MARGIN, label.trim());
                for (squares, x) in squares.iter().zip(self.edges(picture)) {
                    for (at, square) in squares.iter().enumerate() {
                        if let Some(square) = square {
                            self.square(x + at * STEP.0, *square);
                        }
                    }
                }
            }
        }
        self.y += STEP.1;
    }

    fn square(&mut self, x: usize, square: Square) {
        let (width, height) = (STEP.0 - GAP.0, STEP.1 - GAP.0);
        let _ = writeln!(
            self.text,
            "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/><text class=\"m\" \
             x=\"{}\" y=\"{}\">{}</text>",
            class(square.meaning),
            self.y,
            x + width / 2,
            self.y + 13,
            text(square.mark)
        );
    }

    fn words(&mut self, class: &str, x: usize, words: &str) {
        if !words.is_empty() {
            let _ = writeln!(
                self.text,
                "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
                self.y + 13,
                text(words)
            );
        }
    }

    /// The legend, in as many lines as `width` needs. The width that everything needs.
    fn legend(&mut self, legend: &[Square], width: usize) -> usize {
        self.y += STEP.1 / 2;
        let (mut x, mut widest) = (MARGIN, width);
        for square in legend {
            let item = STEP.0 + 6 + square.says.chars().count() * CHARACTER + GAP.1;
            if x > MARGIN && x + item > width {
                x = MARGIN;
                self.y += STEP.1;
            }
            self.square(x, *square);
            self.words("s", x + STEP.0 + 6, square.says);
            x += item;
            widest = widest.max(x);
        }
        if !legend.is_empty() {
            self.y += STEP.1;
        }
        widest
    }
}
