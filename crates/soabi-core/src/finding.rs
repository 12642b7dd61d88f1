//! Findings: results about the user's file. Never errors of soabi's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest list of names in a report, in items. What is beyond it is counted.
///
/// A file can lack a hundred thousand names in every interpreter: without a limit its report would be as many times as
/// large as the file as there are interpreters.
pub const EVIDENCE_LIMIT: usize = 64;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing proves that anybody is harmed.
    Note,
    /// Somebody the file is promised to may be harmed.
    Warning,
    /// Somebody the file is promised to cannot use it.
    Error,
}

impl Severity {
    /// The severity's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id, such as `abi3-version-too-low`.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The member of the wheel, or `None` for a finding about the whole subject.
    pub object: Option<String>,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// What proves it: lists of names under a word that says what they are (`symbols`, `pythons`, ...).
    ///
    /// Of each list at most [`EVIDENCE_LIMIT`] items.
    pub evidence: BTreeMap<&'static str, Vec<String>>,
    /// How many items of a list in `evidence` are left out. Lists that are whole have no entry.
    pub more: BTreeMap<&'static str, usize>,
    /// What to do about it.
    pub help: Option<String>,
}
