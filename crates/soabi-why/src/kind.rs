//! Kinds of messages: `kinds/<id>.toml`, one file each.
//!
//! A file says what the kind is, how its messages are recognized, what they mean, and what to do. It also holds messages
//! that are of this kind and near misses that are not; a test asks for both. The id is the same everywhere: in the
//! report, for `soabi explain`, and in `docs/why.md`.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use soabi_report::why::Confidence;

use crate::pattern::compile;

/// The texts of the kinds, by their ids.
static TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

/// Every kind, in the order of the ids.
pub static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    // The texts are a part of the program, and a test reads them all.
    TEXTS.iter().map(|(id, text)| Kind::parse(id, text).unwrap_or_else(|error| panic!("{error}"))).collect()
});

/// A kind of message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Kind {
    /// The name of its file.
    #[serde(skip)]
    pub id: &'static str,
    /// What such a message says, as one line.
    pub title: String,
    /// The cause, for a kind that is chosen by the symbol that a message names, and for forms that have none.
    cause: Option<String>,
    /// What to do, the best first.
    pub actions: Vec<String>,
    /// The rule that finds this in a file.
    pub rule: Option<String>,
    /// Documents.
    #[serde(default)]
    pub see: Vec<String>,
    /// How sure the cause is.
    #[serde(default)]
    pub confidence: Confidence,
    /// Whether it is what follows from something else: another cause in the same text goes before it.
    #[serde(default)]
    symptom: bool,
    /// Whether it is so general that any other kind goes before it.
    #[serde(default)]
    weak: bool,
    /// Whether the symbol that the message names decides which kind it is.
    #[serde(default)]
    pub(crate) by_symbol: bool,
    /// Kinds that go before it where both fit the same words.
    #[serde(default)]
    pub(crate) yields_to: Vec<String>,
    /// How its messages are recognized. A kind without forms is chosen by a symbol.
    #[serde(default, rename = "form")]
    pub(crate) forms: Vec<Form>,
    /// Messages on both sides.
    pub tests: Tests,
}

/// One form of the messages of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Form {
    pattern: String,
    cause: Option<String>,
    actions: Option<Vec<String>>,
    pub(crate) confidence: Option<Confidence>,
    #[serde(default)]
    symptom: bool,
    #[serde(default)]
    weak: bool,
    #[serde(skip)]
    compiled: Compiled,
}

/// A pattern that is compiled when it is asked for.
type Compiled = std::sync::OnceLock<Regex>;

/// Messages that are of a kind, and near misses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    /// Messages of this kind.
    pub yes: Vec<String>,
    /// Messages that are close and of another kind, or of none.
    pub no: Vec<String>,
}

/// What goes before what in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// So general that it says nothing beside others.
    Weak,
    /// It follows from something else.
    Symptom,
    /// A cause.
    Cause,
}

impl Kind {
    fn parse(id: &'static str, text: &str) -> Result<Self, String> {
        let kind: Self = toml::from_str(text).map_err(|error| format!("kinds/{id}.toml: {error}"))?;
        Ok(Self { id, ..kind })
    }

    /// The kind with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.id == id)
    }

    /// The template of the cause that a form has.
    pub(crate) fn cause<'a>(&'a self, form: Option<&'a Form>) -> &'a str {
        form.and_then(|form| form.cause.as_deref()).or(self.cause.as_deref()).unwrap_or_default()
    }

    /// What to do about a message of this form.
    pub(crate) fn actions<'a>(&'a self, form: Option<&'a Form>) -> &'a [String] {
        form.and_then(|form| form.actions.as_deref()).unwrap_or(&self.actions)
    }

    pub(crate) fn rank(&self, form: &Form) -> Rank {
        match (self.weak || form.weak, self.symptom || form.symptom) {
            (true, _) => Rank::Weak,
            (false, true) => Rank::Symptom,
            (false, false) => Rank::Cause,
        }
    }

    /// The templates of its causes, for the page that explains it.
    pub fn causes(&self) -> Vec<&str> {
        let own = self.cause.as_deref().into_iter();
        own.chain(self.forms.iter().filter_map(|form| form.cause.as_deref())).collect()
    }
}

impl Form {
    /// Its pattern.
    pub(crate) fn regex(&self) -> &Regex {
        // The patterns are a part of the program, and a test compiles them all.
        self.compiled.get_or_init(|| compile(&self.pattern).unwrap_or_else(|error| panic!("{error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::holes;
    use crate::values::DERIVED;

    #[test]
    fn every_file_is_complete() {
        for kind in KINDS.iter() {
            let id = kind.id;
            assert!(!kind.actions.is_empty() && !kind.title.is_empty(), "{id}");
            assert!(!kind.tests.yes.is_empty() && !kind.tests.no.is_empty(), "{id} has no messages");
            assert!(!kind.title.ends_with('.') && kind.title.len() < 90, "{id}: {}", kind.title);
            assert!(kind.forms.is_empty() == kind.forms.iter().all(|form| form.pattern.is_empty()), "{id}");
            assert!(!kind.cause(kind.forms.first()).is_empty(), "{id} has no cause");
            for other in &kind.yields_to {
                assert!(Kind::find(other).is_some_and(|other| other.id != id), "{id} yields to {other}");
            }
            if let Some(rule) = &kind.rule {
                assert!(soabi_rules::Rule::find(rule).is_some(), "{id}: there is no rule {rule}");
            }
        }
    }

    /// A sentence with a hole in it reads badly: each value is one that the pattern always has, or has words in its place.
    #[test]
    fn templates_ask_for_what_there_is() {
        for kind in KINDS.iter() {
            for form in &kind.forms {
                let captured: Vec<&str> = form.regex().capture_names().flatten().collect();
                let templates = [kind.cause(Some(form))]
                    .into_iter()
                    .chain(kind.actions(Some(form)).iter().map(String::as_str));
                for (name, has_words) in templates.flat_map(holes) {
                    let base = name.strip_suffix("-path").unwrap_or(name);
                    let known = captured.contains(&base) || DERIVED.contains(&name) || kind.by_symbol;
                    assert!(known || has_words, "{}: nothing gives `{name}`", kind.id);
                }
            }
        }
    }
}
