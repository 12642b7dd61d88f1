//! Hits: what a rule found, before the policy makes findings of them.

use std::collections::BTreeMap;

use soabi_core::Severity;
use soabi_core::finding::EVIDENCE_LIMIT;
use soabi_core::prediction::{TEXT_LIMIT, cut};

use crate::object::Object;

/// The longest message, in bytes. It names a few names at most.
const MESSAGE_LIMIT: usize = 1 << 16;

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The member, or `None` for the whole subject.
    pub object: Option<String>,
    /// How bad this one is, where it is not as bad as the rule can be.
    pub severity: Option<Severity>,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// What proves it: at most [`EVIDENCE_LIMIT`] items of each list.
    pub evidence: BTreeMap<&'static str, Vec<String>>,
    /// How many items of a list are left out.
    pub more: BTreeMap<&'static str, usize>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Hit {
    /// A hit on one object.
    pub fn on(object: &Object, message: impl Into<String>) -> Self {
        Self { object: object.member.clone(), ..Self::whole(message) }
    }

    /// A hit on the whole subject.
    pub fn whole(message: impl Into<String>) -> Self {
        Self {
            object: None,
            severity: None,
            message: shortened(message.into(), MESSAGE_LIMIT),
            evidence: BTreeMap::new(),
            more: BTreeMap::new(),
            help: None,
        }
    }

    /// Downgrades the hit to `severity`.
    #[must_use]
    pub fn downgraded_to(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds what proves it, under a word that says what it is. An empty list proves nothing and is left out; what is
    /// beyond the limit is counted, and what is longer than a name can be is cut.
    #[must_use]
    pub fn evidence<T: ToString>(mut self, what: &'static str, list: impl IntoIterator<Item = T>) -> Self {
        let mut list = list.into_iter();
        let first = list.by_ref().take(EVIDENCE_LIMIT).map(|item| shortened(item.to_string(), TEXT_LIMIT));
        let first: Vec<String> = first.collect();
        if !first.is_empty() {
            self.evidence.insert(what, first);
        }
        let more = list.count();
        if more > 0 {
            self.more.insert(what, more);
        }
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn shortened(mut text: String, limit: usize) -> String {
    cut(&mut text, limit);
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(0, 0, None)]
    #[case::few(3, 3, None)]
    #[case::as_many_as_fit(EVIDENCE_LIMIT, EVIDENCE_LIMIT, None)]
    #[case::one_more(EVIDENCE_LIMIT + 1, EVIDENCE_LIMIT, Some(1))]
    #[case::many(100_000, EVIDENCE_LIMIT, Some(100_000 - EVIDENCE_LIMIT))]
    fn long_lists_are_cut(#[case] items: usize, #[case] kept: usize, #[case] more: Option<usize>) {
        let hit = Hit::whole("x").evidence("symbols", 0..items);
        assert_eq!(hit.evidence.get("symbols").map_or(0, Vec::len), kept);
        assert_eq!(hit.more.get("symbols").copied(), more);
    }

    /// Metadata of a few kilobytes can name a thing with millions of letters.
    #[test]
    fn long_texts_are_cut() {
        let long = "x".repeat(1 << 20);
        let hit = Hit::whole(long.as_str()).evidence("name", [long.as_str(), "spam"]);
        assert_eq!(hit.message.len(), MESSAGE_LIMIT + 3);
        assert_eq!(hit.evidence["name"], ["x".repeat(TEXT_LIMIT) + "...", "spam".to_owned()]);
    }
}
