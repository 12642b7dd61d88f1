//! Patterns of messages: regular expressions with two conveniences.
//!
//! A space stands for any white space, line breaks among it, because terminals and logs break messages; `[^...]` never
//! stands for a line break, and `$` is the end of a line. The classes `\w`, `\d`, `\s` and `\b` are those of ASCII: the tables of Unicode would make the
//! automata large.

use regex::{Regex, RegexBuilder};

/// Compiles a pattern of a kind's file.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&translate(pattern)).multi_line(true).build()
}

/// The pattern as the crate `regex` takes it.
fn translate(pattern: &str) -> String {
    let mut text = String::with_capacity(2 * pattern.len());
    let (mut in_class, mut chars) = (false, pattern.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '\\' => match (chars.next(), in_class) {
                (Some('w'), true) => text.push_str("0-9A-Za-z_"),
                (Some('w'), false) => text.push_str("[0-9A-Za-z_]"),
                (Some('d'), true) => text.push_str("0-9"),
                (Some('d'), false) => text.push_str("[0-9]"),
                (Some('s'), true) => text.push_str(" \\t\\r\\n"),
                (Some('s'), false) => text.push_str("[ \\t\\r\\n]"),
                (Some('S'), false) => text.push_str("[^ \\t\\r\\n]"),
                (Some('b'), false) => text.push_str("(?-u:\\b)"),
                (Some(other), _) => text.extend(['\\', other]),
                (None, _) => text.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                text.push('[');
                // A path or a name does not go on in the next line, and a search for its end not to the end of the text.
                if chars.next_if_eq(&'^').is_some() {
                    text.push_str("^\\n");
                }
            }
            ']' if in_class => {
                in_class = false;
                text.push(']');
            }
            ' ' if !in_class => {
                let optional = chars.next_if(|next| matches!(next, '?' | '*')).is_some();
                text.push_str(if optional { "[ \\t\\r\\n]*" } else { "[ \\t\\r\\n]+" });
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::line_break("file too short", "x.so: file\n   too short", true)]
    #[case::no_space("file too short", "filetoo short", false)]
    #[case::class_with_a_space("[a ]b", " b", true)]
    #[case::class_of_words(r"^[\w.]+$", "spam.eggs_1", true)]
    #[case::ascii_words(r"^\w+$", "sp\u{e4}m", false)]
    #[case::not_white(r"^\S+$", "sp\u{e4}m", true)]
    #[case::optional_space("a ?b", "ab", true)]
    #[case::optional_space("a ?b", "a\nb", true)]
    #[case::not_beyond_the_line("'[^']+'", "'a\nb'", false)]
    #[case::end_of_a_line("'a'(?:$|[^'])", "'a'\nb", true)]
    #[case::boundary(r"signal 4\b", "signal 40", false)]
    #[case::bracket(r"\[WinError 126\]", "[WinError 126]", true)]
    fn patterns(#[case] pattern: &str, #[case] text: &str, #[case] matches: bool) {
        assert_eq!(compile(pattern).unwrap().is_match(text), matches);
    }
}
