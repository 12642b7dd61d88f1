//! The picture as a table: a square is a cell with a link.

use maud::{Markup, html};

use super::classes::{class, meaning};
use super::grid::{Grid, Line, digit, words};
use super::text::shown;
use crate::output::picture::Square;

/// The table and its legend. Where scripts run, the filters are the legend.
pub(super) fn table(grid: &Grid<'_>, legend: &[Square]) -> Markup {
    let picture = grid.picture;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(format!("Table of every {}", grid.thing)) {
            table.grid.filled[picture.filled] data-thing=(grid.thing) {
                (heads(grid))
                tbody {
                    @for (line, squares) in grid.lines.iter().zip(grid.rows()) { (row(line, squares, legend)) }
                }
            }
        }
        ul.legend {
            @for square in legend {
                li {
                    span class=(format!("chip {}", meaning(square.meaning))) { (square.mark) } " " (square.says)
                }
            }
        }
    }
}

fn heads(grid: &Grid<'_>) -> Markup {
    let picture = grid.picture;
    let has_titles = picture.blocks.iter().any(|block| !block.title.is_empty());
    html! {
        thead {
            @if has_titles {
                tr.titles {
                    td { }
                    @for block in &picture.blocks {
                        th colspan=(block.heads.len()) scope="colgroup" { (block.title) }
                    }
                }
            }
            tr.heads {
                th scope="col" { (picture.corner.as_str()) }
                @for (number, (block, full)) in picture.blocks.iter().zip(&grid.columns).enumerate() {
                    @for (at, (head, full)) in block.heads.iter().zip(full).enumerate() {
                        th scope="col" class=[(at == 0 && number > 0).then_some("first")] data-p=(full)
                            data-b=(number) title=(full) {
                            @if picture.filled { (head.1) } @else { (head.0) }
                        }
                    }
                }
            }
        }
    }
}

/// A row. `data-n`, `data-v`, `data-r` and `data-m` are what the script filters by.
fn row(line: &Line, squares: &[Vec<Option<Square>>], legend: &[Square]) -> Markup {
    let marks: String = squares.iter().flatten().map(|square| digit(legend, *square)).collect();
    let name = shown(&line.name);
    html! {
        tr data-n=(name) data-v=[line.verdict.map(|(words, _)| words)] data-r=[words(&line.tags)]
            data-m=(marks) data-i=[line.module] data-to=(line.target) {
            th scope="row" {
                a href=(format!("#{}", line.target)) title=(name) {
                    @if let Some((words, tone)) = line.verdict {
                        span class=(format!("dot {}", class(tone))) title=(words) { }
                    }
                    (name)
                }
            }
            @for (number, block) in squares.iter().enumerate() {
                @for (at, square) in block.iter().enumerate() { (cell(line, (number, at), *square)) }
            }
        }
    }
}

fn cell(line: &Line, (block, at): (usize, usize), square: Option<Square>) -> Markup {
    let target = line.squares.get(block).and_then(|block| block.get(at)).and_then(Option::as_ref);
    let id = target.map_or(&line.target, |target| &target.id);
    let first = if at == 0 && block > 0 { " first" } else { "" };
    html! {
        @if let Some(square) = square {
            td class=(format!("{}{first}", meaning(square.meaning))) data-ms=[target.map(|target| &target.ms)] {
                a href=(format!("#{id}")) aria-label=(square.says) { (square.mark) }
            }
        } @else {
            td class=[(!first.is_empty()).then_some("first")] { }
        }
    }
}
