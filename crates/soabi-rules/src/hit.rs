//! Hits: what a rule found, before the policy makes findings of them.

use std::collections::BTreeMap;

use soabi_core::Severity;

use crate::object::Object;

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The member, or `None` for the whole subject.
    pub object: Option<String>,
    /// How bad this one is, where it is not as bad as the rule can be.
    pub severity: Option<Severity>,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// What proves it.
    pub evidence: BTreeMap<&'static str, Vec<String>>,
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
        Self { object: None, severity: None, message: message.into(), evidence: BTreeMap::new(), help: None }
    }

    /// Downgrades the hit to `severity`.
    #[must_use]
    pub fn downgraded_to(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds what proves it, under a word that says what it is. An empty list proves nothing and is left out.
    #[must_use]
    pub fn evidence<T: ToString>(mut self, what: &'static str, list: impl IntoIterator<Item = T>) -> Self {
        let list: Vec<String> = list.into_iter().map(|item| item.to_string()).collect();
        if !list.is_empty() {
            self.evidence.insert(what, list);
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
