//! `soabi explain`: why a rule is one, what a claim of the notes is, or why a cell of the matrix is expected to be
//! what it is, with references.

use std::fmt::Write;

use soabi_rules::{RULES, Rule};

use crate::cli::{ExplainArgs, Topic};
use crate::command::cell;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Prints the page of a rule or of a claim, what is promised in a cell, or the list of the rules.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Error> {
    let text = match &args.topic {
        Some(Topic::Rule(id)) => Rule::find(id.as_str()).map(|rule| rule.docs.to_owned()).unwrap_or_default(),
        Some(Topic::Claim(claim)) => output::notes::page_of(claim),
        Some(Topic::Cell(id)) => cell::explain(id)?,
        None => list(),
    };
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}

/// One line per rule, in the order in which they are told.
fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in RULES {
        let _ = writeln!(text, "{:<width$}  {:<7}  {}", rule.id, rule.severity.as_str(), rule.summary);
    }
    text
}
