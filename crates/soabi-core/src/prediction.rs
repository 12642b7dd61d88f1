//! Predictions: what the auditor says an interpreter will do with a file, without running either.

use serde::{Deserialize, Serialize};

use crate::abi_tag::AbiTag;
use crate::finding::EVIDENCE_LIMIT;
use crate::outcome::Gate;

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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Prediction {
    /// The prediction as it stands in a report: no more than [`EVIDENCE_LIMIT`] names, and the count of the others.
    #[must_use]
    pub fn limited(mut self) -> Self {
        self.missing_more += self.missing.len().saturating_sub(EVIDENCE_LIMIT);
        self.missing.truncate(EVIDENCE_LIMIT);
        self.missing.shrink_to_fit();
        self
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
    /// Why `expect` is what it is.
    pub why: String,
}
