//! Text in a page: foreign text, and sentences with code in them.

use maud::{Markup, html};
use soabi_core::Foreign;

use crate::output::text::bounded;

/// Foreign text: harmless characters only. What HTML would read as markup is escaped by the template.
pub(crate) fn shown(text: &str) -> String {
    Foreign::new(&bounded(text)).to_string()
}

/// A sentence: what is in backticks is code. A last backtick that nothing closes is one.
pub(crate) fn prose(text: &str) -> Markup {
    let text = shown(text);
    let parts: Vec<&str> = text.split('`').collect();
    let (last, is_open) = (parts.len() - 1, parts.len().is_multiple_of(2));
    html! {
        @for (number, part) in parts.iter().enumerate() {
            @if number % 2 == 0 { (part) }
            @else if is_open && number == last { "`" (part) }
            @else { code { (part) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::code("needs `x_y` & <b>", "needs <code>x_y</code> &amp; &lt;b&gt;")]
    #[case::an_open_backtick("a ` <b", "a ` &lt;b")]
    #[case::code_and_an_open_backtick("`a` and `b", "<code>a</code> and `b")]
    #[case::controls("a\nb\u{202e}c", "a\\nb\\u{202e}c")]
    #[case::nothing("", "")]
    fn sentences(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::prose(text).into_string(), expected);
    }
}
