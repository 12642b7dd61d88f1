//! A picture as a table of Markdown.

use std::fmt::Write;

use soabi_core::Foreign;

use super::grid::{Picture, Row};
use crate::output::text::bounded;

/// The picture and its legend.
pub(crate) fn table(picture: &Picture) -> String {
    let columns = picture.blocks.iter().flat_map(|block| {
        let title = |head: &str| match block.title.as_str() {
            "" => head.to_owned(),
            title => format!("{title} {head}"),
        };
        block.heads.iter().map(move |head| title(&head.0))
    });
    let columns: Vec<String> = columns.map(|column| escaped(&column)).collect();
    let mut text = format!("| {} | {} | |\n", picture.corner, columns.join(" | "));
    let _ = writeln!(text, "| --- | {}--- |", ":-: | ".repeat(columns.len()));
    for row in &picture.rows {
        match row {
            Row::Heading(title) => {
                let _ = writeln!(text, "| **{}** | {}|", escaped(title), "| ".repeat(columns.len()));
            }
            Row::Squares { label, squares, note } => {
                let marks = squares.iter().flatten().map(|square| square.map_or("", |square| square.mark));
                let marks = marks.collect::<Vec<_>>().join(" | ");
                let _ = writeln!(text, "| {} | {marks} | {} |", code(label.trim_start()), escaped(note));
            }
        }
    }
    let legend = picture.legend();
    let legend: Vec<_> = legend.iter().map(|square| format!("{} {}", square.mark, square.says)).collect();
    if !legend.is_empty() {
        let _ = writeln!(text, "\n{}", legend.join(", "));
    }
    text
}

/// A name, which may hold anything, as code: in more backticks than it has itself. A `|` would end the cell of a table.
pub(crate) fn code(text: &str) -> String {
    let text = Foreign::new(&bounded(text)).to_string().replace('|', "\\|");
    let fence = "`".repeat(text.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1);
    if fence.len() == 1 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

/// A sentence: code in backticks stays; HTML, links, emphasis and the ends of cells that a name may hold do not.
pub(crate) fn escaped(text: &str) -> String {
    let text = Foreign::new(&bounded(text)).to_string();
    let mut escaped = String::with_capacity(text.len());
    for (number, part) in text.split('`').enumerate() {
        // Odd parts are code, unless their backtick is the last and ends nowhere.
        let is_code = number % 2 == 1 && text.matches('`').count() > number;
        if number > 0 {
            escaped.push_str(if is_code || number % 2 == 0 { "`" } else { "\\`" });
        }
        let mut before = ' ';
        let mut letters = part.chars().peekable();
        while let Some(c) = letters.next() {
            // Inside of a word an underscore means nothing.
            let within =
                c == '_' && before.is_alphanumeric() && letters.peek().is_some_and(|c| c.is_alphanumeric());
            before = c;
            match c {
                '_' if within => escaped.push('_'),
                '|' => escaped.push_str("\\|"),
                '&' if !is_code => escaped.push_str("&amp;"),
                '<' if !is_code => escaped.push_str("&lt;"),
                '*' | '_' | '[' | ']' | '#' if !is_code => {
                    escaped.push('\\');
                    escaped.push(c);
                }
                c => escaped.push(c),
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("spam/_spam.abi3.so", "`spam/_spam.abi3.so`")]
    #[case("a|b\n`c`", "`` a\\|b\\n`c` ``")]
    fn names_are_code(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::code(text), expected);
    }

    #[rstest]
    #[case::code_stays("needs `x_y` & <script>", "needs `x_y` &amp; &lt;script>")]
    #[case::underscores("x86_64 _x_", "x86_64 \\_x\\_")]
    #[case::one_backtick("a ` <b", "a \\` &lt;b")]
    #[case::a_link("[x](http:y) *b*", "\\[x\\](http:y) \\*b\\*")]
    #[case::a_cell("a|b", "a\\|b")]
    fn sentences(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::escaped(text), expected);
    }
}
