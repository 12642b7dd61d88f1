//! A picture as text for a terminal.

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;

use super::grid::{Block, Meaning, Picture, Row, Square};
use crate::output::page::{Page, Span, Tone};

/// Left of everything.
const MARGIN: &str = "  ";
/// Between labels and squares, and before notes.
const GAP: &str = "  ";

/// Draws `picture`, in as many bands of blocks as the width needs, with a legend of what occurs.
pub(crate) fn draw(page: &mut Page<'_>, picture: &Picture) {
    let layout = Layout::of(page, picture);
    for (number, band) in layout.bands(picture).iter().enumerate() {
        if number > 0 {
            page.blank();
        }
        layout.heads(page, picture, band);
        for row in &picture.rows {
            layout.row(page, picture, band, row);
        }
    }
    legend(page, picture);
}

/// Where everything is.
struct Layout {
    width: usize,
    label: usize,
    note: usize,
    short: bool,
    /// The width of the widest mark.
    mark: usize,
    separator: &'static str,
}

impl Layout {
    fn of(page: &Page<'_>, picture: &Picture) -> Self {
        let view = page.view();
        let separator = if view.unicode { " \u{2502} " } else { " | " };
        let labels = picture.rows.iter().filter_map(|row| match row {
            Row::Squares { label, .. } => Some(display_width(&page.shown(label))),
            Row::Heading(_) => None,
        });
        let longest = labels.max().unwrap_or(0).max(display_width(&picture.corner));
        let note = picture.rows.iter().map(|row| match row {
            Row::Squares { note, .. } if !note.is_empty() => display_width(&page.shown(note)) + GAP.len(),
            _ => 0,
        });
        let legend = picture.legend();
        let marks =
            legend.iter().map(|square| display_width(if view.unicode { square.mark } else { square.ascii }));
        let mut layout = Self {
            width: view.width - MARGIN.len(),
            label: longest,
            note: note.max().unwrap_or(0).min(view.width / 4),
            short: false,
            mark: marks.max().unwrap_or(1),
            separator,
        };
        let all: Vec<usize> = (0..picture.blocks.len()).collect();
        let room = |layout: &Self| layout.width - (layout.squares(picture, &all) + GAP.len() + layout.note);
        layout.short = layout.squares(picture, &all) + GAP.len() + layout.label + layout.note > layout.width;
        if layout.squares(picture, &all) + GAP.len() + layout.note < layout.width {
            // Labels give way before blocks are put under each other.
            layout.label = longest.min(room(&layout).max(view.width / 4));
        }
        layout.label = layout.label.min(view.width / 2);
        layout
    }

    fn head<'h>(&self, head: &'h (String, String)) -> &'h str {
        if self.short { &head.1 } else { &head.0 }
    }

    /// The width of a column.
    fn column(&self, head: &(String, String)) -> usize {
        display_width(self.head(head)).max(self.mark) + 1
    }

    /// The width of a block.
    fn block(&self, block: &Block) -> usize {
        let heads: usize = block.heads.iter().map(|head| self.column(head)).sum();
        heads.max(display_width(&block.title) + 1).saturating_sub(1)
    }

    /// The width of the squares of some blocks.
    fn squares(&self, picture: &Picture, band: &[usize]) -> usize {
        let blocks: usize = band.iter().map(|&block| self.block(&picture.blocks[block])).sum();
        blocks + display_width(self.separator) * band.len().saturating_sub(1)
    }

    /// The blocks that fit beside each other.
    fn bands(&self, picture: &Picture) -> Vec<Vec<usize>> {
        let mut bands: Vec<Vec<usize>> = Vec::new();
        for block in 0..picture.blocks.len() {
            let fits = bands.last().is_some_and(|band| {
                let wider: Vec<usize> = band.iter().copied().chain([block]).collect();
                self.label + GAP.len() + self.squares(picture, &wider) + self.note <= self.width
            });
            match bands.last_mut() {
                Some(band) if fits => band.push(block),
                _ => bands.push(vec![block]),
            }
        }
        bands
    }

    fn heads(&self, page: &mut Page<'_>, picture: &Picture, band: &[usize]) {
        let pad = |text: &str, width: usize| {
            format!("{text}{}", " ".repeat(width.saturating_sub(display_width(text))))
        };
        if band.iter().any(|&block| !picture.blocks[block].title.is_empty()) {
            let titles = band.iter().map(|&block| {
                let block = &picture.blocks[block];
                pad(&block.title, self.block(block))
            });
            let gap = " ".repeat(display_width(self.separator));
            let titles = titles.collect::<Vec<_>>().join(&gap);
            let before = " ".repeat(self.label);
            page.line(&[
                Span::plain(MARGIN),
                Span::plain(&before),
                Span::plain(GAP),
                Span::new(Tone::Strong, &titles),
            ]);
        }
        let heads = band.iter().map(|&block| {
            let block = &picture.blocks[block];
            let heads: Vec<_> =
                block.heads.iter().map(|head| pad(self.head(head), self.column(head) - 1)).collect();
            pad(&heads.join(" "), self.block(block))
        });
        let heads = heads.collect::<Vec<_>>().join(self.separator);
        let corner = pad(&page.abbreviated(&picture.corner, self.label), self.label);
        page.line(&[
            Span::plain(MARGIN),
            Span::new(Tone::Dim, &corner),
            Span::plain(GAP),
            Span::plain(&heads),
        ]);
    }

    fn row(&self, page: &mut Page<'_>, picture: &Picture, band: &[usize], row: &Row) {
        let (label, squares, note) = match row {
            Row::Heading(title) => return page.line(&[Span::new(Tone::Strong, title)]),
            Row::Squares { label, squares, note } => (label, squares, note),
        };
        let label = page.abbreviated(label, self.label);
        let label = format!("{label}{}", " ".repeat(self.label.saturating_sub(display_width(&label))));
        let mut cells: Vec<(Style, String)> = vec![(Style::new(), format!("{MARGIN}{label}{GAP}"))];
        for (at, &block) in band.iter().enumerate() {
            if at > 0 {
                cells.push((Style::new(), self.separator.to_owned()));
            }
            let heads = &picture.blocks[block].heads;
            let mut width = 0;
            for (number, (head, square)) in heads.iter().zip(&squares[block]).enumerate() {
                let column = self.column(head) - 1;
                if number > 0 {
                    cells.push((Style::new(), " ".to_owned()));
                }
                cells.push(cell(*square, column, picture.filled, page.view().unicode));
                width += column + usize::from(number > 0);
            }
            cells.push((Style::new(), " ".repeat(self.block(&picture.blocks[block]).saturating_sub(width))));
        }
        let note = page.abbreviated(note, self.note.saturating_sub(GAP.len()));
        if !note.is_empty() {
            cells.push((Style::new(), format!("{GAP}{note}")));
        }
        let spans: Vec<Span<'_>> = cells.iter().map(|(style, text)| Span::styled(*style, text)).collect();
        page.line(&spans);
    }
}

/// A square of `width` columns.
fn cell(square: Option<Square>, width: usize, filled: bool, unicode: bool) -> (Style, String) {
    let Some(square) = square else { return (Style::new(), " ".repeat(width)) };
    let mark = if unicode { square.mark } else { square.ascii };
    let around = width.saturating_sub(display_width(mark));
    let text = format!("{}{mark}{}", " ".repeat(around / 2), " ".repeat(around - around / 2));
    (style(square.meaning, filled), text)
}

fn style(meaning: Meaning, filled: bool) -> Style {
    let ink = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let on = |back: AnsiColor, fore: AnsiColor| {
        Style::new().bg_color(Some(back.into())).fg_color(Some(fore.into()))
    };
    match (meaning, filled) {
        (Meaning::Kept, false) => ink(AnsiColor::Green),
        (Meaning::Broken, false) => ink(AnsiColor::Red),
        (Meaning::Look, false) => ink(AnsiColor::Yellow),
        (Meaning::Kept, true) => on(AnsiColor::Green, AnsiColor::Black),
        (Meaning::Broken, true) => on(AnsiColor::Red, AnsiColor::BrightWhite).bold(),
        (Meaning::Look, true) => on(AnsiColor::Yellow, AnsiColor::Black),
        (Meaning::NotCovered, _) => Style::new().dimmed(),
    }
}

fn legend(page: &mut Page<'_>, picture: &Picture) {
    let legend = picture.legend();
    if legend.is_empty() {
        return;
    }
    page.blank();
    let unicode = page.view().unicode;
    let mut line: Vec<(Style, String)> = Vec::new();
    let mut width = 0;
    for square in legend {
        let mark = if unicode { square.mark } else { square.ascii };
        let words = format!(" {}", square.says);
        let item = display_width(mark) + display_width(&words);
        if width > 0 && MARGIN.len() + width + 3 + item > page.view().width {
            flush(page, &mut line);
            width = 0;
        }
        line.push((Style::new(), if width == 0 { MARGIN.to_owned() } else { "   ".to_owned() }));
        line.push((style(square.meaning, picture.filled), mark.to_owned()));
        line.push((Style::new().dimmed(), words));
        width += item + if width == 0 { 0 } else { 3 };
    }
    flush(page, &mut line);
}

fn flush(page: &mut Page<'_>, line: &mut Vec<(Style, String)>) {
    let spans: Vec<Span<'_>> = line.iter().map(|(style, text)| Span::styled(*style, text)).collect();
    page.line(&spans);
    line.clear();
}
