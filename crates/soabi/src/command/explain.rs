//! `soabi explain`: a rule, a kind of message, a claim of the notes, the promise of a cell of the matrix, the id of an
//! interpreter, or a word of the glossary, with references.

use std::fmt::Write;
use std::io::IsTerminal;

use soabi_core::{AbiTag, CpythonAbi};
use soabi_rules::{RULES, Rule};
use soabi_why::Kind;

use crate::cli::explain::{ExplainArgs, Topic};
#[cfg(run)]
use crate::command::{cell, evidence, merge};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::View;
use crate::{glossary, output};

/// Prints the page of what is asked for, or the list of the rules.
pub(crate) fn run(args: &ExplainArgs, view: &View) -> Result<Exit, Error> {
    let topic = args.topic().map_err(Error::Topic)?;
    #[cfg(run)]
    if args.from.is_some() && !matches!(topic, Some(Topic::Cell(_))) {
        return Err(Error::NoSuchCell {
            why: "only a cell of a matrix is explained from a report".to_owned(),
            help: "a cell is called like `spam-1.0-cp39-abi3-linux_x86_64.whl:spam@cp312/import`".to_owned(),
        });
    }
    let text = match &topic {
        Some(Topic::Rule(id)) => Rule::find(id.as_str()).map(|rule| rule.docs.to_owned()).unwrap_or_default(),
        #[cfg(run)]
        Some(Topic::Claim(claim)) => output::notes::page_of(claim),
        #[cfg(run)]
        Some(Topic::Cell(id)) => match &args.from {
            Some(report) => evidence::explain(&merge::read(report)?.1, id)?,
            None => cell::explain(id)?,
        },
        Some(Topic::Kind(id)) => Kind::find(id).map(soabi_why::page).unwrap_or_default(),
        Some(Topic::Word(word)) => glossary::find(word).map(|entry| entry.page()).unwrap_or_default(),
        Some(Topic::Abi(abi)) => about_abi(*abi),
        None => list(),
    };
    // The cells and the list are no Markdown.
    let is_page = !matches!(topic, None | Some(Topic::Abi(_))) && text.starts_with("# ");
    let is_read = is_page && args.report.is_for_stdout() && std::io::stdout().is_terminal();
    let text = if is_read { output::reading::for_a_terminal(&text, view) } else { text };
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}

/// What the letters of an id mean.
fn about_abi(abi: AbiTag) -> String {
    let words = match abi {
        AbiTag::Cpython(CpythonAbi { version, free_threaded, debug, pymalloc, wide_unicode }) => {
            let letters = [
                (free_threaded, "`t`: a free-threaded build, without the GIL"),
                (debug, "`d`: a debug build"),
                (pymalloc, "`m`: with pymalloc, which is of no meaning any more"),
                (wide_unicode, "`u`: with four-byte Unicode (wide)"),
            ];
            let letters =
                letters.into_iter().filter(|(is_set, _)| *is_set).map(|(_, words)| format!("; {words}"));
            format!("CPython {version}{}", letters.collect::<String>())
        }
        AbiTag::Pypy { python, abi } => {
            format!("PyPy for Python {python}, with version {abi} of its own interface")
        }
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => abi.to_string(),
    };
    format!("# {abi}\n\n{words}. The grammar of ids: `soabi explain id`.\n")
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
