//! Pages of the documentation as text to read on a terminal: paragraphs and lists wrapped at its width, headings in bold
//! without their marks, code and tables as they are.
//!
//! This is no Markdown renderer: it knows the forms that the pages of rules, claims, kinds and words have.

use super::page::{Page, Span, Tone};
use super::view::View;

/// What the lines so far belong to.
enum Block {
    Nothing,
    /// A paragraph, or an item of a list behind this label.
    Text {
        label: String,
        text: String,
    },
}

/// The page as text for a terminal.
pub(crate) fn for_a_terminal(markdown: &str, view: &View) -> String {
    let mut page = Page::new(view);
    let (mut block, mut in_code) = (Block::Nothing, false);
    for line in markdown.lines() {
        if line.starts_with("```") {
            end(&mut page, &mut block);
            in_code = !in_code;
            continue;
        }
        if in_code {
            page.line(&[Span::plain(&format!("    {line}"))]);
            continue;
        }
        let is_indented = line.starts_with("    ") && matches!(block, Block::Nothing);
        if let Some(heading) = line.strip_prefix('#') {
            end(&mut page, &mut block);
            page.blank();
            page.line(&[Span::new(Tone::Strong, heading.trim_start_matches('#').trim())]);
        } else if line.trim().is_empty() {
            end(&mut page, &mut block);
            page.blank();
        } else if is_indented || line.starts_with('|') {
            end(&mut page, &mut block);
            page.line(&[Span::plain(line)]);
        } else if let Some(item) = line.strip_prefix("- ") {
            end(&mut page, &mut block);
            block = Block::Text { label: "- ".to_owned(), text: item.to_owned() };
        } else {
            match &mut block {
                Block::Text { text, .. } => {
                    text.push(' ');
                    text.push_str(line.trim());
                }
                Block::Nothing => {
                    block = Block::Text { label: String::new(), text: line.trim().to_owned() };
                }
            }
        }
    }
    end(&mut page, &mut block);
    page.finish()
}

/// Prints the paragraph that has ended.
fn end(page: &mut Page<'_>, block: &mut Block) {
    if let Block::Text { label, text } = std::mem::replace(block, Block::Nothing) {
        page.paragraph(&[Span::plain(&label)], label.len(), Tone::Plain, &text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use textwrap::core::display_width;

    use super::*;

    fn shown(markdown: &str, width: usize) -> String {
        let view = View { width, verbosity: 1, ..View::default() };
        anstream::adapter::strip_str(&for_a_terminal(markdown, &view)).to_string()
    }

    #[test]
    fn paragraphs_and_lists_are_wrapped() {
        let markdown = "# spam\n\nOne two three four\nfive six.\n\n- seven eight nine ten eleven\n- twelve\n";
        let expected =
            "spam\n\nOne two three four\nfive six.\n\n- seven eight nine ten\n  eleven\n- twelve\n";
        assert_eq!(shown(markdown, 22), expected);
        assert_eq!(shown("One two three four\nfive six.\n", 80), "One two three four five six.\n");
    }

    #[test]
    fn code_and_tables_stay() {
        let markdown = "## What to do\n\n```text\nwarning[x]: a  b\n```\n\n    $ soabi why x   y\n\n| a | b |\n|---|---|\n";
        let expected =
            "What to do\n\n    warning[x]: a  b\n\n    $ soabi why x   y\n\n| a | b |\n|---|---|\n";
        assert_eq!(shown(markdown, 20), expected);
    }

    proptest! {
        #[test]
        fn any_text(words in "[a-z #-]{0,200}", width in 20_usize..120) {
            for line in shown(&words, width).lines() {
                let is_one_word = !line.trim().contains(' ');
                prop_assert!(words.starts_with('#') || words.starts_with("    ") || is_one_word || display_width(line) <= width, "{line:?}");
            }
        }
    }
}
