//! The command line of `soabi explain`.

#[cfg(run)]
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use soabi_core::{AbiTag, Foreign};
#[cfg(run)]
use soabi_notes::{Claim, claims};
use soabi_rules::{RULES, RuleId};
use soabi_why::{KINDS, Kind};

use super::options::ReportOptions;
use crate::glossary;

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A rule (symbol-capture), a kind of message of `soabi why` (glibc-version), a claim of the notes (meth-o), a cell as
    /// `soabi matrix --plan` prints it (c-single/cp311@cp312/import-bare), an interpreter (cp27dmu), or a word that soabi
    /// prints (luck); without any, the rules are listed
    #[arg(value_name = "RULE|KIND|CLAIM|CELL|WORD")]
    topic: Vec<String>,
    /// All that is known of a cell, from this report of `soabi matrix --format json`
    #[cfg(run)]
    #[arg(long, value_name = "REPORT", requires = "topic")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

impl ExplainArgs {
    /// What is to be explained: several words are one name.
    pub(crate) fn topic(&self) -> Result<Option<Topic>, UnknownTopicError> {
        let words = self.topic.join(" ");
        if self.topic.is_empty() { Ok(None) } else { words.parse().map(Some) }
    }
}

/// What is to be explained. Only cells have an `@`.
#[derive(Clone, Debug)]
pub(crate) enum Topic {
    Rule(RuleId),
    Kind(&'static str),
    #[cfg(run)]
    Claim(&'static Claim),
    #[cfg(run)]
    Cell(String),
    Word(String),
    Abi(AbiTag),
}

/// Text that is nothing of which there is an explanation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.in_words())]
pub(crate) struct UnknownTopicError {
    text: String,
    /// What is written nearly like it.
    nearest: Option<&'static str>,
}

impl UnknownTopicError {
    fn in_words(&self) -> String {
        let known = soabi_why::symbol::symbol(&self.text).owner.is_some();
        let text = Foreign::new(&self.text);
        match self.nearest {
            _ if known => format!("`{text}` is a symbol: `soabi why {text}` shows what exports it"),
            Some(nearest) => format!("nothing is called `{text}`; did you mean `{nearest}`?"),
            None => format!(
                "nothing is called `{text}`: no rule (`soabi explain` lists them), no kind of message, no claim, and no \
                 word of the glossary"
            ),
        }
    }
}

impl FromStr for Topic {
    type Err = UnknownTopicError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        #[cfg(run)]
        if text.contains('@') && !text.contains(char::is_whitespace) {
            return Ok(Self::Cell(text.to_owned()));
        }
        #[cfg(run)]
        if let Some(claim) = claims().iter().find(|claim| claim.id == text) {
            return Ok(Self::Claim(claim));
        }
        if let Ok(rule) = text.parse() {
            return Ok(Self::Rule(rule));
        }
        if let Some(kind) = Kind::find(text) {
            return Ok(Self::Kind(kind.id));
        }
        match text.parse() {
            Ok(abi @ (AbiTag::Cpython(_) | AbiTag::Pypy { .. })) => Ok(Self::Abi(abi)),
            _ if glossary::find(text).is_some() => Ok(Self::Word(text.to_owned())),
            _ => Err(UnknownTopicError { text: text.to_owned(), nearest: nearest(text) }),
        }
    }
}

/// What is written nearly like `text`.
fn nearest(text: &str) -> Option<&'static str> {
    let words = glossary::entries().flat_map(|entry| entry.words).filter(|word| word.len() > 2);
    let rules = RULES.iter().map(|rule| rule.id);
    let kinds = KINDS.iter().map(|kind| kind.id);
    let all = rules.chain(kinds).chain(words);
    #[cfg(run)]
    let all = all.chain(claims().iter().map(|claim| claim.id.as_str()));
    let lower = text.to_lowercase();
    let distances = all.map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &lower), known));
    distances.filter(|(distance, _)| *distance <= 1 + text.chars().count() / 4).min().map(|(_, known)| known)
}
