//! `docs/glossary.md`: the words that soabi prints.

const TEXT: &str = include_str!(concat!(env!("SOABI_DOCS"), "/glossary.md"));

/// An entry: the words of its heading, and the Markdown below it.
pub(crate) struct Entry {
    /// The words, the most common first.
    pub(crate) words: Vec<&'static str>,
    text: &'static str,
}

impl Entry {
    /// The entry as a page.
    pub(crate) fn page(&self) -> String {
        format!("# {}\n\n{}\n", self.words.join(", "), self.text.trim())
    }
}

/// Every entry, in the order of the file.
pub(crate) fn entries() -> impl Iterator<Item = Entry> {
    TEXT.split("\n## ").skip(1).map(|section| {
        let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
        Entry { words: heading.split(", ").collect(), text }
    })
}

/// The entry that has `word` in its heading, whatever the case of its letters; a mark or a letter of a picture as it is.
pub(crate) fn find(word: &str) -> Option<Entry> {
    let exactly = entries().find(|entry| entry.words.contains(&word));
    let is = |known: &&'static str| known.chars().count() > 1 && known.eq_ignore_ascii_case(word);
    exactly.or_else(|| entries().find(|entry| entry.words.iter().any(is)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("luck", "luck, not covered")]
    #[case("Not covered", "luck, not covered")]
    #[case("gil", "free-threaded, no-GIL, GIL")]
    #[case("S", "squares")]
    #[case("\u{2713}", "\u{2713}, ok")]
    fn found(#[case] word: &str, #[case] heading: &str) {
        assert!(find(word).unwrap().page().starts_with(&format!("# {heading}")));
    }

    #[test]
    fn no_entry() {
        assert!(find("eggs").is_none() && find("").is_none() && find("s").is_none());
    }

    #[test]
    fn each_word_has_one_entry() {
        let mut seen = BTreeSet::new();
        for entry in entries() {
            assert!(entry.text.trim().len() > 20, "{:?}", entry.words);
            for word in entry.words {
                assert!(seen.insert(word), "{word} has two entries");
            }
        }
        assert!(seen.len() > 80);
    }
}
