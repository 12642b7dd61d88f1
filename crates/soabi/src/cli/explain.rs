//! The command line of `soabi explain`.

#[cfg(run)]
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
#[cfg(run)]
use soabi_notes::{Claim, claims};
use soabi_rules::RuleId;
use soabi_rules::policy::UnknownRuleError;

use super::options::ReportOptions;

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A rule (symbol-capture), a claim of the notes (meth-o), or a cell as `soabi matrix --plan` prints it
    /// (c-single/cp311@cp312/import-bare); without any, the rules are listed
    #[arg(value_name = "RULE|CLAIM|CELL")]
    pub(crate) topic: Option<Topic>,
    /// All that is known of a cell, from this report of `soabi matrix --format json`
    #[cfg(run)]
    #[arg(long, value_name = "REPORT", requires = "topic")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

/// What is to be explained. Only cells have an `@`.
#[derive(Clone, Debug)]
pub(crate) enum Topic {
    Rule(RuleId),
    #[cfg(run)]
    Claim(&'static Claim),
    #[cfg(run)]
    Cell(String),
}

impl FromStr for Topic {
    type Err = UnknownRuleError;

    #[cfg(run)]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('@') {
            return Ok(Self::Cell(text.to_owned()));
        }
        match claims().iter().find(|claim| claim.id == text) {
            Some(claim) => Ok(Self::Claim(claim)),
            None => text.parse().map(Self::Rule),
        }
    }

    #[cfg(not(run))]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Rule)
    }
}
