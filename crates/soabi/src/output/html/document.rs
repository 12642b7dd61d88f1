//! The frame of a page: the verdict, the picture, and what is below it.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::classes::class;
use super::filters;
use super::grid::Grid;
use super::table::table;
use super::text::{prose, shown};
use crate::output::page::Tone;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// A report as a page.
pub(crate) struct Document<'a> {
    /// The command that made the report.
    pub(crate) command: &'static str,
    /// What it is about, in a few words.
    pub(crate) about: String,
    /// The tone of the verdict.
    pub(crate) tone: Tone,
    /// The mark in front of the verdict.
    pub(crate) mark: &'static str,
    /// The verdict.
    pub(crate) sentence: String,
    /// What was counted: numbers and what they are.
    pub(crate) counts: Vec<(usize, String)>,
    /// The picture, if there is one.
    pub(crate) grid: Option<Grid<'a>>,
    /// What is below the picture.
    pub(crate) body: Markup,
    /// The version of soabi.
    pub(crate) version: &'a str,
    /// The id of the tables.
    pub(crate) tables: &'a str,
}

impl Document<'_> {
    /// The page.
    pub(crate) fn render(&self) -> String {
        // A checkout on Windows may have other line ends, which HTML does not keep: the digests would differ.
        let [style, script] = [STYLE, SCRIPT].map(|text| text.replace("\r\n", "\n"));
        let about = shown(&self.about);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy(&style, &script));
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (self.command) " - " (about) }
                    style { (PreEscaped(style)) }
                }
                body {
                    header {
                        p.command { (self.command) " " span { (about) } }
                        h1 class=(class(self.tone)) {
                            span.mark aria-hidden="true" { (self.mark) } " " (prose(&self.sentence))
                        }
                        @if !self.counts.is_empty() {
                            ul.counts {
                                @for (number, what) in &self.counts { li { b { (number) } " " (what) } }
                            }
                        }
                    }
                    main {
                        @if let Some(grid) = &self.grid { (picture(grid)) }
                        (self.body)
                    }
                    footer {
                        p {
                            "soabi " (shown(self.version)) ", tables " code { (shown(self.tables)) } ". "
                            "This file needs no network and loads nothing."
                        }
                    }
                    aside #evidence hidden tabindex="-1" aria-labelledby="evidence-title" {
                        header {
                            h2 #evidence-title { }
                            button type="button" { "Close" }
                        }
                        div aria-live="polite" { }
                    }
                    script { (PreEscaped(script)) }
                }
            }
        };
        let mut text = page.into_string();
        text.push('\n');
        text
    }
}

fn picture(grid: &Grid<'_>) -> Markup {
    let legend = grid.picture.legend();
    html! {
        section aria-label="Picture" {
            (filters::form(grid, &legend))
            (table(grid, &legend))
        }
    }
}

/// The content security policy: this style sheet and this script, each by its digest, and nothing else.
fn policy(style: &str, script: &str) -> String {
    let digest = |text: &str| BASE64.encode(&Sha256::digest(text));
    let (style, script) = (digest(style), digest(script));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; \
         form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a log or a browser would read as something else, and what the policy would refuse.
    #[test]
    fn the_style_and_the_script_are_harmless() {
        for text in [STYLE, SCRIPT] {
            assert!(text.lines().all(|line| line.chars().all(soabi_core::foreign::is_shown)));
            for part in ["::", "##", "</", "<!--", "url(", "http", "@import"] {
                assert!(!text.contains(part), "{part}");
            }
        }
    }

    #[test]
    fn a_page_has_no_attribute_that_the_policy_refuses() {
        let document = Document {
            command: "soabi audit",
            about: "<script>alert(1)</script>".to_owned(),
            tone: Tone::Good,
            mark: "\u{2713}",
            sentence: "works & `a<b`".to_owned(),
            counts: vec![(2, "wheels".to_owned())],
            grid: None,
            body: html! {},
            version: "0",
            tables: "0",
        };
        let page = document.render();
        let markup = page.replace(STYLE, "").replace(SCRIPT, "");
        assert!(!markup.contains(" style=") && !markup.contains(" on"), "{markup}");
        assert_eq!(page.matches("<script").count(), 1, "{markup}");
        assert!(markup.contains("works &amp; <code>a&lt;b</code>"), "{markup}");
    }
}
