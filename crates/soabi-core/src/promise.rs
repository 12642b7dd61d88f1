//! A promise: an expectation and the rule behind it.
//!
//! Which promise holds for which artifact and interpreter is decided in soabi-rules.

use crate::expectation::Expectation;

/// An expectation and the rule that it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What is expected.
    pub expectation: Expectation,
    /// The rule in words; for [`Expectation::Luck`], what could go wrong.
    pub why: String,
    /// Where the rule is written down. `None` for what somebody wrote into a truth table.
    pub reference: Option<&'static str>,
}

impl Promise {
    /// The promise `expectation`, for the reason `why`, written down in `reference`.
    pub fn new(expectation: Expectation, why: impl Into<String>, reference: &'static str) -> Self {
        Self { expectation, why: why.into(), reference: Some(reference) }
    }
}
