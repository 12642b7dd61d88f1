//! `soabi explain`: a rule, a claim of the notes, or the promise of a cell of the matrix, with references.

use std::fmt::Write;

use soabi_rules::{RULES, Rule};

use crate::cli::explain::{ExplainArgs, Topic};
#[cfg(run)]
use crate::command::{cell, evidence, merge};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Prints the page of a rule or of a claim, what is promised in a cell, or the list of the rules.
pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Error> {
    #[cfg(run)]
    if args.from.is_some() && !matches!(args.topic, Some(Topic::Cell(_))) {
        return Err(Error::NoSuchCell {
            why: "only a cell of a matrix is explained from a report".to_owned(),
            help: "a cell is called like `spam-1.0-cp39-abi3-linux_x86_64.whl:spam@cp312/import`".to_owned(),
        });
    }
    let text = match &args.topic {
        Some(Topic::Rule(id)) => Rule::find(id.as_str()).map(|rule| rule.docs.to_owned()).unwrap_or_default(),
        #[cfg(run)]
        Some(Topic::Claim(claim)) => output::notes::page_of(claim),
        #[cfg(run)]
        Some(Topic::Cell(id)) => match &args.from {
            Some(report) => evidence::explain(&merge::read(report)?.1, id)?,
            None => cell::explain(id)?,
        },
        None => list(),
    };
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}

/// One line per rule, in the order of the report.
fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in RULES {
        let _ = writeln!(text, "{:<width$}  {:<7}  {}", rule.id, rule.severity.as_str(), rule.summary);
    }
    text
}
