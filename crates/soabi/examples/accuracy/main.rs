//! `just accuracy DIR`: is the auditor right? Every answer that it gives about the wheels in DIR is held
//! against what the interpreters and the dynamic linker of this machine do.
//!
//! 1. Symbols: what [`soabi_rules`] says is missing, against the dynamic linker's own list of undefined
//!    symbols and against a real load, for every native file of this platform and every interpreter here.
//! 2. Promises: an extension module that its tags promise to an interpreter of this machine loads there.
//! 3. Errors: every finding of the severity `error`, against a real import in every interpreter of this
//!    machine that the file is promised to.
//!
//! Then it lists every finding, for people to read.
//!
//! It runs code from the wheels. Exit status 1: a disagreement.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "what was found is printed")]

mod corpus;
mod errors;
mod symbols;
mod witness;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};

use soabi_core::Finding;
use soabi_python::{Environment, Interpreter, Request, Selector, discover};
use soabi_rules::{Policy, World, audit};

use crate::corpus::Installed;
use crate::errors::ErrorFinding;
use crate::symbols::Tally;
use crate::witness::{Witness, Workers};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Result<ExitCode> {
    let folder = std::env::args_os().nth(1).ok_or("usage: accuracy DIR [PART-OF-A-NAME]")?;
    let part = std::env::args().nth(2).unwrap_or_default();
    let wheels = corpus::wheels(Path::new(&folder), &part)?;
    let witnesses: Vec<Witness> = interpreters()?.into_iter().filter_map(Witness::new).collect();
    let versions: Vec<String> = witnesses
        .iter()
        .map(|witness| format!("{} {}", witness.python.id.abi, witness.python.facts.version))
        .collect();
    println!("{} wheels, {} interpreters: {}", wheels.len(), witnesses.len(), versions.join(", "));

    let mut answers = examine_all(&wheels, &witnesses)?;
    let mut tally = Tally::default();
    let mut errors = Vec::new();
    for answer in &mut answers {
        tally.add(std::mem::take(&mut answer.tally));
        errors.append(&mut answer.errors);
    }
    tally.print();
    errors::print(&errors);
    list(&answers);
    let right = tally.disagreements() == 0 && !errors.iter().any(ErrorFinding::is_false);
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The interpreters that the program finds.
fn interpreters() -> Result<Vec<Interpreter>> {
    let answer = Command::new(witness::soabi()?).args(["pythons", "--format", "json"]).output()?;
    let found: serde_json::Value = serde_json::from_slice(&answer.stdout)?;
    let found = found["found"].as_array().into_iter().flatten();
    let selection =
        found.filter_map(|python| Some(Selector::Path(python["executable"].as_str()?.into()))).collect();
    let mut found = discover(&Request { selection, ..Request::new(Environment::of_process()) }).found;
    found.retain(|python| python.id.is_native());
    Ok(found)
}

/// What came of one wheel.
struct Answer {
    wheel: String,
    findings: Vec<Finding>,
    tally: Tally,
    errors: Vec<ErrorFinding>,
}

fn examine_all(wheels: &[PathBuf], witnesses: &[Witness]) -> Result<Vec<Answer>> {
    let queue: Mutex<VecDeque<_>> = Mutex::new(wheels.iter().enumerate().collect());
    let answers = Mutex::new(Vec::new());
    let work = || {
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let mut workers = Workers::new();
        while let Some((number, wheel)) = next() {
            let answer = match &mut workers {
                Ok(workers) => examine(wheel, witnesses, workers),
                Err(error) => Err(error.to_string().into()),
            };
            answers.lock().unwrap_or_else(PoisonError::into_inner).push((number, answer));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn examine(wheel: &Path, witnesses: &[Witness], workers: &mut Workers) -> Result<Answer> {
    let subject = corpus::read(wheel)?;
    let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let findings = audit(&subject, &World::default(), &Policy::default()).findings;
    let installed = Installed::new(wheel, witnesses)?;
    Ok(Answer {
        tally: symbols::compare(&name, &subject, &installed, witnesses, workers)?,
        errors: errors::check(&name, &subject, &findings, &installed, witnesses)?,
        wheel: name,
        findings,
    })
}

/// Prints each rule's findings, one line per wheel.
fn list(answers: &[Answer]) {
    let mut rules: BTreeMap<_, BTreeMap<&str, Vec<&Finding>>> = BTreeMap::new();
    for answer in answers {
        for finding in &answer.findings {
            let wheels = rules.entry((finding.rule, finding.severity)).or_default();
            wheels.entry(&answer.wheel).or_default().push(finding);
        }
    }
    for ((rule, severity), wheels) in rules {
        println!("\n{rule}, {}: {} wheels", severity.as_str(), wheels.len());
        for (wheel, findings) in wheels {
            let object = findings[0].object.as_deref().unwrap_or("the whole wheel");
            println!("  {wheel}: {} times, as in {object}: {}", findings.len(), findings[0].message);
        }
    }
}
