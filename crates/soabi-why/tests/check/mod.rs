//! What a message is answered with.

use soabi_why::message::causes;

/// Panics unless the first cause of `text` is of this kind, and has these words.
pub(crate) fn check(text: &str, kind: &str, words: &[&str]) {
    let causes = causes(text);
    let first = causes.first().unwrap_or_else(|| panic!("nothing is known about: {text}"));
    let all = format!("{}\n{}\n{}", first.cause, first.notes.join("\n"), first.actions.join("\n"));
    assert_eq!(first.kind, kind, "{text}\n{all}");
    for word in words {
        assert!(all.contains(word), "`{word}` is not in:\n{all}");
    }
}
