//! Predictions: what the auditor says an interpreter will do with a file, without running either.

use serde::{Deserialize, Serialize};

use crate::abi_tag::AbiTag;
use crate::finding::EVIDENCE_LIMIT;
use crate::outcome::{Gate, OutcomeKind};

/// What an interpreter will do, as far as it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PredictionKind {
    /// It loads the file, and that is promised.
    Accept,
    /// It refuses the file.
    Refuse,
    /// It may load the file; nothing promises that it does, nor that it works then.
    Luck,
    /// The tables do not know.
    Unknown,
}

impl PredictionKind {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Luck => "luck",
            Self::Unknown => "unknown",
        }
    }
}

/// What an import does to the GIL of a free-threaded build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GilEffect {
    /// It stays off.
    StaysOff,
    /// It is turned on for the whole process, with a `RuntimeWarning` (PEP 703).
    TurnedOn,
}

impl GilEffect {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StaysOff => "stays-off",
            Self::TurnedOn => "turned-on",
        }
    }
}

/// Which subinterpreters import a module (PEP 684).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SubinterpreterEffect {
    /// Those with a GIL of their own too.
    OwnGil,
    /// Those that share the GIL.
    Shared,
    /// Those only that do not check modules: legacy ones.
    Refused,
}

impl SubinterpreterEffect {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OwnGil => "own-gil",
            Self::Shared => "shared",
            Self::Refused => "refused",
        }
    }
}

/// The longest text of a prediction, and the longest name in the evidence of a finding, in bytes. No name of Python's
/// has a tenth of it.
pub const TEXT_LIMIT: usize = 1024;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Prediction {
    /// The prediction as it stands in a report: no more than [`EVIDENCE_LIMIT`] names, and the count of the others; no
    /// text of more than [`TEXT_LIMIT`] bytes. The same name is in the prediction of every interpreter.
    #[must_use]
    pub fn limited(mut self) -> Self {
        self.missing_more += self.missing.len().saturating_sub(EVIDENCE_LIMIT);
        self.missing.truncate(EVIDENCE_LIMIT);
        self.missing.shrink_to_fit();
        self.missing.iter_mut().chain([&mut self.why]).for_each(|text| cut(text, TEXT_LIMIT));
        self
    }
}

/// Cuts what is longer than `limit` bytes.
pub fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push_str("...");
        text.shrink_to_fit();
    }
}

/// What one interpreter will do with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Prediction {
    /// The interpreter.
    pub python: AbiTag,
    /// The answer to `import` under the file's own name.
    pub expect: PredictionKind,
    /// The first gate that refuses.
    pub gate: Option<Gate>,
    /// The Python symbols that the file needs and the interpreter lacks, whatever the gates say; those that only
    /// some of its patch releases have are among them. In a report 64 at most.
    pub missing: Vec<String>,
    /// How many names are left out of `missing`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing_more: usize,
    /// The answer to loading the file by its path, whatever its name.
    pub by_path: PredictionKind,
    /// The first gate that refuses then.
    pub by_path_gate: Option<Gate>,
    /// The end of `import` under the file's own name: `crashed` for a refusal that is a crash. `None` where it is not
    /// known: of luck, and of refusals that may be either.
    #[serde(default)]
    pub outcome: Option<OutcomeKind>,
    /// The same when it is imported by its path.
    #[serde(default)]
    pub by_path_outcome: Option<OutcomeKind>,
    /// What the import does to the GIL of a free-threaded build. `None` for other builds, where it is refused, and
    /// where the definition does not tell.
    #[serde(default)]
    pub gil: Option<GilEffect>,
    /// Which subinterpreters import it, from 3.12 on. `None` where it is refused, and where the definition does not
    /// tell.
    #[serde(default)]
    pub subinterpreters: Option<SubinterpreterEffect>,
    /// Why `expect` is what it is.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        let cut = |text: String| {
            let mut cut = text;
            super::cut(&mut cut, TEXT_LIMIT);
            cut
        };
        assert_eq!(cut("x".repeat(TEXT_LIMIT)), "x".repeat(TEXT_LIMIT));
        assert_eq!(cut("x".repeat(TEXT_LIMIT + 1)), "x".repeat(TEXT_LIMIT) + "...");
        assert_eq!(cut("x".repeat(TEXT_LIMIT - 1) + "\u{e9}"), "x".repeat(TEXT_LIMIT - 1) + "...");
    }
}
