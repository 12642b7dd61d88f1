//! The filters of a picture: a form, which the script shows. Without scripts it would do nothing.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::classes::{class, meaning};
use super::grid::{Grid, digit};
use super::text::shown;
use crate::output::page::Tone;
use crate::output::picture::Square;

/// The form.
pub(super) fn form(grid: &Grid<'_>, legend: &[Square]) -> Markup {
    html! {
        details.filters hidden {
            summary { "Filters" }
            form #filters aria-label="Filters" {
                (by_name_and_tag(grid))
                (by_python(grid))
                (by_block(grid))
                (by_verdict(grid))
                (by_square(grid, legend))
            }
        }
    }
}

/// A box that can be checked. `class` is that of what it stands for.
fn chip(name: &str, value: &str, class: &str, content: &Markup) -> Markup {
    html! {
        label class=(format!("chip {class}")) {
            input type="checkbox" name=(name) value=(value);
            span { (content) }
        }
    }
}

fn by_name_and_tag(grid: &Grid<'_>) -> Markup {
    let tags: BTreeSet<&String> = grid.lines.iter().flat_map(|line| &line.tags).collect();
    let with = |tag: &String| grid.lines.iter().filter(|line| line.tags.contains(tag)).count();
    html! {
        div.line {
            label.text { "Name" input type="search" name="text" autocomplete="off" spellcheck="false"; }
            @if !tags.is_empty() {
                label.text {
                    (grid.tags)
                    select name="tag" {
                        option value="" { "all" }
                        @for tag in tags { option value=(shown(tag)) { (shown(tag)) " (" (with(tag)) ")" } }
                    }
                }
            }
            button type="reset" { "Reset" }
            output aria-live="polite" { }
        }
    }
}

fn by_python(grid: &Grid<'_>) -> Markup {
    let heads = grid.picture.blocks.iter().flat_map(|block| &block.heads).map(|head| &head.0);
    let mut seen = BTreeSet::new();
    let pythons = grid.columns.iter().flatten().zip(heads).filter(|(full, _)| seen.insert(*full));
    html! {
        fieldset {
            legend { "Python" }
            @for (full, head) in pythons { (chip("python", full, "", &html! { (head) })) }
        }
    }
}

fn by_block(grid: &Grid<'_>) -> Markup {
    let blocks = &grid.picture.blocks;
    html! {
        @if blocks.len() > 1 && blocks.iter().all(|block| !block.title.is_empty()) {
            fieldset {
                legend { "How" }
                @for (number, block) in blocks.iter().enumerate() {
                    (chip("how", &number.to_string(), "", &html! { (block.title) }))
                }
            }
        }
    }
}

fn by_verdict(grid: &Grid<'_>) -> Markup {
    let verdicts: BTreeMap<&str, Tone> = grid.lines.iter().filter_map(|line| line.verdict).collect();
    html! {
        @if !verdicts.is_empty() {
            fieldset {
                legend { "Verdict" }
                @for (words, tone) in verdicts { (chip("verdict", words, class(tone), &html! { (words) })) }
            }
        }
    }
}

fn by_square(grid: &Grid<'_>, legend: &[Square]) -> Markup {
    let of = |square: &Square| {
        grid.rows().flatten().flatten().flatten().filter(|other| other.mark == square.mark).count()
    };
    let words = |square: &Square| html! { b { (square.mark) } " " (square.says) " " i { (of(square)) } };
    html! {
        fieldset {
            legend { "Square" }
            @for square in legend {
                (chip("mark", &digit(legend, Some(*square)).to_string(), meaning(square.meaning), &words(square)))
            }
        }
    }
}
