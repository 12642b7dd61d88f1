//! `soabi/notes/v1`: the claims of the notes, and what every interpreter answers.

use serde::{Deserialize, Serialize};
use soabi_core::AbiTag;

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/notes/v1";

/// One run of `soabi notes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotesReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The claims.
    pub claims: Vec<ClaimEntry>,
    /// The interpreters that were asked, oldest first.
    pub pythons: Vec<PythonEntry>,
    /// Each claim in each interpreter.
    pub cells: Vec<ClaimCell>,
    /// The cells counted.
    pub summary: Summary,
    /// What soabi could not do.
    pub errors: Vec<String>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClaimEntry {
    /// Its id: `meth-o`.
    pub id: String,
    /// The heading that it stands under.
    pub group: String,
    /// What is claimed.
    pub statement: String,
}

/// An interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PythonEntry {
    /// Its ABI.
    pub id: AbiTag,
    /// Its version with patch level.
    pub version: String,
    /// The processor time of all claims, in milliseconds.
    pub cpu_ms: f64,
}

/// A claim in an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClaimCell {
    /// `<claim>@<interpreter>`.
    pub id: String,
    /// The claim.
    pub claim: String,
    /// The interpreter.
    pub python: AbiTag,
    /// The worst verdict of its answers.
    pub verdict: ClaimVerdict,
    /// Why it could not be asked at all.
    pub why_not: Option<String>,
    /// The questions and their answers.
    pub lines: Vec<AnswerEntry>,
}

/// What an interpreter makes of a claim, or of one question of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// It could not be asked on this machine.
    NotRun,
    /// The answer is the claim's own.
    Holds,
    /// The answer is another, for a known reason, and the claim is true all the same.
    Changed,
    /// The claim is known not to be true in this version.
    DoesNotHold,
    /// The answer is not the expected one.
    Unexpected,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswerEntry {
    /// The row of the claim's tables.
    pub row: String,
    /// The column.
    pub column: String,
    /// The expected answer. `None` for a question that is not expected.
    pub expected: Option<String>,
    /// The answer. `None` when there was none.
    pub seen: Option<String>,
    /// Why the expected answer is not the claim's own, or why the question could not be asked.
    pub why: Option<String>,
    /// The verdict.
    pub verdict: ClaimVerdict,
}

/// The cells and answers counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// All cells.
    pub cells: usize,
    /// Claims that hold.
    pub hold: usize,
    /// Claims that hold with other answers.
    pub changed: usize,
    /// Claims that do not hold, as expected.
    pub do_not_hold: usize,
    /// Claims with an unexpected answer.
    pub unexpected: usize,
    /// Claims that were not asked.
    pub not_run: usize,
    /// Answers.
    pub answers: usize,
}

impl Summary {
    /// Counts `cells`.
    pub fn of(cells: &[ClaimCell]) -> Self {
        let mut summary = Self { cells: cells.len(), ..Self::default() };
        for cell in cells {
            summary.answers += cell.lines.iter().filter(|line| line.seen.is_some()).count();
            *match cell.verdict {
                ClaimVerdict::Holds => &mut summary.hold,
                ClaimVerdict::Changed => &mut summary.changed,
                ClaimVerdict::DoesNotHold => &mut summary.do_not_hold,
                ClaimVerdict::Unexpected => &mut summary.unexpected,
                ClaimVerdict::NotRun => &mut summary.not_run,
            } += 1;
        }
        summary
    }
}
