//! Sentences with values in them: `{file|the file}` is the value `file`, or "the file" where there is none.

use std::collections::BTreeMap;

/// The longest value in a sentence, in characters: names of C++ can have thousands.
const LONGEST: usize = 160;

/// Fills in a template. A value that is missing and has no words in its place is left out.
pub(crate) fn fill(template: &str, values: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((hole, more)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        let (name, otherwise) = hole.split_once('|').unwrap_or((hole, ""));
        match values.get(name).filter(|value| !value.is_empty()) {
            Some(value) => text.push_str(&shortened(value)),
            // Words for something unknown stand without the backticks of a name.
            None if text.ends_with('`') && more.starts_with('`') => {
                text.pop();
                text.push_str(otherwise);
                rest = &more[1..];
                continue;
            }
            None => text.push_str(otherwise),
        }
        rest = more;
    }
    text + rest
}

/// The names of the values that a template asks for, each with whether it has words in its place.
#[cfg(test)]
pub(crate) fn holes(template: &str) -> Vec<(&str, bool)> {
    let mut holes = Vec::new();
    let mut rest = template;
    while let Some((hole, more)) = rest.split_once('{').and_then(|(_, after)| after.split_once('}')) {
        let (name, otherwise) = hole.split_once('|').unwrap_or((hole, ""));
        holes.push((name, !otherwise.is_empty()));
        rest = more;
    }
    holes
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    let head: String = value.chars().take(LONGEST / 2).collect();
    let mut tail: Vec<char> = value.chars().rev().take(LONGEST / 2 - 3).collect();
    tail.reverse();
    format!("{head}...{}", tail.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_value("`{file}` is", "`spam.so` is")]
    #[case::words_in_its_place("`{library|the library}` is", "the library is")]
    #[case::nothing_in_its_place("lib{what} is", "lib is")]
    #[case::empty_value("a{empty|b}c", "abc")]
    #[case::no_hole("{ a", "{ a")]
    fn filled(#[case] template: &str, #[case] expected: &str) {
        let values = [("file", "spam.so"), ("empty", "")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(fill(template, &values), expected);
    }

    #[test]
    fn long_values_are_cut() {
        let values = [("symbol".to_owned(), "x".repeat(100_000))].into();
        assert!(fill("{symbol}", &values).len() <= LONGEST);
    }

    #[test]
    fn holes_are_found() {
        assert_eq!(holes("`{file|the file}` of {version}"), [("file", true), ("version", false)]);
    }
}
