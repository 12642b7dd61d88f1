//! Text for a terminal: styled, wrapped, and harmless whatever names are in it.
//!
//! Everything that is printed for people goes through a [`Page`]. It escapes what it is given, so that no format has to
//! think of it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::foreign::{Escaper, Foreign};
use textwrap::{Options, WordSeparator, WordSplitter, core::display_width};

use super::view::View;

/// What a style means. Each color means one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// A heading or a name.
    Strong,
    /// It works as promised.
    Good,
    /// It does not work, and it should.
    Bad,
    /// A person should look at it.
    Look,
    /// Nothing is promised, or it matters little.
    Dim,
}

impl Tone {
    fn style(self) -> Style {
        let bold = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Good => bold(AnsiColor::Green),
            Self::Bad => bold(AnsiColor::Red),
            Self::Look => bold(AnsiColor::Yellow),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// A piece of a line, and its style.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    style: Style,
    text: &'a str,
}

impl<'a> Span<'a> {
    /// Text in the style of a tone.
    pub(crate) fn new(tone: Tone, text: &'a str) -> Self {
        Self { style: tone.style(), text }
    }

    /// Text in any style.
    pub(crate) const fn styled(style: Style, text: &'a str) -> Self {
        Self { style, text }
    }

    /// Plain text.
    pub(crate) fn plain(text: &'a str) -> Self {
        Self::new(Tone::Plain, text)
    }
}

/// A text that grows by lines.
pub(crate) struct Page<'v> {
    view: &'v View,
    text: String,
}

impl<'v> Page<'v> {
    /// An empty page.
    pub(crate) const fn new(view: &'v View) -> Self {
        Self { view, text: String::new() }
    }

    /// How it is shown.
    pub(crate) const fn view(&self) -> &'v View {
        self.view
    }

    /// The text so far.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// An empty line, but not as the first, and not two of them.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line that is not wrapped.
    pub(crate) fn line(&mut self, spans: &[Span<'_>]) {
        let mut escaper = Escaper::default();
        let last = spans.iter().rposition(|span| span.text.contains(|c| c != ' ') || is_filled(span.style));
        for (at, span) in spans.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let trim = Some(at) == last && !is_filled(span.style);
            let text = if trim { span.text.trim_end_matches(' ') } else { span.text };
            let _ = write!(self.text, "{}", span.style);
            for c in text.chars() {
                let _ = if c.is_ascii() || self.view.unicode {
                    escaper.write(&mut self.text, c)
                } else {
                    write!(self.text, "\\u{{{:x}}}", u32::from(c))
                };
            }
            let _ = write!(self.text, "{:#}", span.style);
        }
        self.text.push('\n');
    }

    /// A paragraph behind a `label`, wrapped; its further lines start at `indent`. Without verbosity a text that is
    /// longer than any sentence of soabi's own, because of a name in it, is cut in the middle.
    pub(crate) fn paragraph(&mut self, label: &[Span<'_>], indent: usize, tone: Tone, text: &str) {
        let text = glued(&self.abbreviated(text, self.view.most_text()), self.view.width / 2);
        let behind = label.iter().map(|span| self.shown(span.text)).collect::<String>();
        let (first, rest) = (" ".repeat(display_width(&behind)), " ".repeat(indent));
        let options = Options::new(self.view.width)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .initial_indent(&first)
            .subsequent_indent(&rest);
        for (at, line) in textwrap::wrap(&text, options).iter().enumerate() {
            let indent = if at == 0 { first.len() } else { rest.len() };
            let words = &line.get(indent..).unwrap_or_default().replace(GLUE, " ");
            let mut spans: Vec<Span<'_>> = Vec::new();
            if at == 0 {
                spans.extend(label.iter().map(|span| Span { style: span.style, text: span.text }));
            } else {
                spans.push(Span::plain(&rest));
            }
            spans.push(Span::new(tone, words));
            self.line(&spans);
        }
    }

    /// Text as it is shown.
    pub(crate) fn shown(&self, text: &str) -> String {
        let text = Foreign::new(text).to_string();
        if self.view.unicode || text.is_ascii() {
            return text;
        }
        text.chars().fold(String::new(), |mut shown, c| {
            let _ =
                if c.is_ascii() { shown.write_char(c) } else { write!(shown, "\\u{{{:x}}}", u32::from(c)) };
            shown
        })
    }

    /// Text as it is shown, cut in the middle to no more than `most` columns: both ends of a path say what it is.
    pub(crate) fn abbreviated(&self, text: &str, most: usize) -> String {
        let text = self.shown(text);
        if display_width(&text) <= most || most < 8 {
            return text;
        }
        let gap = if self.view.unicode { "\u{2026}" } else { "..." };
        let room = most - display_width(gap);
        let head = take(text.chars(), room / 2);
        let tail: String = take(text.chars().rev(), room - display_width(&head)).chars().rev().collect();
        format!("{head}{gap}{tail}")
    }
}

/// In place of a space at which no line is broken. It cannot be in escaped text.
const GLUE: char = '\u{e000}';

/// The text with the spaces in code of up to `most` columns glued, so that commands can be copied as a whole.
fn glued(text: &str, most: usize) -> String {
    let mut parts: Vec<String> = text.split('`').map(str::to_owned).collect();
    let last = parts.len() - 1;
    for (number, part) in parts.iter_mut().enumerate() {
        if number % 2 == 1 && number < last && part.len() <= most {
            *part = part.replace(' ', &GLUE.to_string());
        }
    }
    parts.join("`")
}

fn is_filled(style: Style) -> bool {
    style.get_bg_color().is_some()
}

/// The first characters that fit into `room` columns.
fn take(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut text = String::new();
    for c in chars {
        text.push(c);
        if display_width(&text) > room {
            text.pop();
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use soabi_core::foreign::is_shown;

    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn paragraphs_are_wrapped_behind_their_label() {
        let view = View { width: 20, ..View::default() };
        let mut page = Page::new(&view);
        page.paragraph(&[Span::new(Tone::Bad, "error: ")], 4, Tone::Plain, "one two three four five");
        assert_eq!(plain(&page.finish()), "error: one two three\n    four five\n");
    }

    #[test]
    fn commands_are_not_broken() {
        let view = View { width: 22, ..View::default() };
        let mut page = Page::new(&view);
        page.paragraph(&[], 2, Tone::Plain, "get it with `uv python`, or build it");
        assert_eq!(plain(&page.finish()), "get it with\n  `uv python`, or\n  build it\n");
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        let view = View::default();
        let page = Page::new(&view);
        assert_eq!(page.abbreviated("spam/eggs/ham.so", 11), "spam/\u{2026}am.so");
        assert_eq!(page.abbreviated("spam.so", 11), "spam.so");
        let view = View { unicode: false, ..view };
        assert_eq!(Page::new(&view).abbreviated("spam/eggs/ham.so", 11), "spam...m.so");
    }

    #[test]
    fn without_unicode() {
        let view = View { unicode: false, ..View::default() };
        let mut page = Page::new(&view);
        page.line(&[Span::plain("sp\u{e4}m")]);
        assert_eq!(plain(&page.finish()), "sp\\u{e4}m\n");
    }

    proptest! {
        #[test]
        fn no_harm_from_any_text(label in ".{0,40}", text in any::<String>(), width in 20_usize..120, unicode: bool) {
            let view = View { width, unicode, ..View::default() };
            let mut page = Page::new(&view);
            page.paragraph(&[Span::new(Tone::Bad, &label)], 4, Tone::Look, &text);
            let shown = page.abbreviated(&text, width);
            page.line(&[Span::plain(&shown), Span::new(Tone::Strong, &text)]);
            let text = plain(&page.finish());
            prop_assert!(text.chars().all(|c| c == '\n' || is_shown(c)), "{text:?}");
            prop_assert!(!text.contains("::") && !text.contains("##"), "{text:?}");
            prop_assert!(unicode || text.is_ascii(), "{text:?}");
        }
    }
}
