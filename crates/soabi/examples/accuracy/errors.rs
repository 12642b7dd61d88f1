//! Errors: every finding of the severity `error`, against real imports.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use soabi_core::{AbiTag, Finding, ModuleFileName, Severity};
use soabi_rules::{Object, Subject};

use crate::Result;
use crate::corpus::Installed;
use crate::witness::Witness;

const LIMIT: Duration = Duration::from_mins(1);

/// A finding, and what was seen of it.
pub(crate) struct ErrorFinding {
    wheel: String,
    rule: &'static str,
    object: Option<String>,
    message: String,
    /// The interpreters that the finding's file is promised to.
    promised: BTreeSet<AbiTag>,
    /// Those that were asked, and what they said: `None` when they imported it.
    seen: Vec<(AbiTag, Option<String>)>,
}

impl ErrorFinding {
    /// Whether every interpreter that was asked imports the file, and none that it is promised to was not.
    pub(crate) fn is_false(&self) -> bool {
        !self.seen.is_empty() && self.seen.iter().all(|(_, refusal)| refusal.is_none())
    }
}

/// Asks the interpreters about every error in `found`.
pub(crate) fn check(
    wheel: &str,
    subject: &Subject,
    found: &[Finding],
    installed: &Installed,
    witnesses: &[Witness],
) -> Result<Vec<ErrorFinding>> {
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| {
            let concerned = |object: &&Object| finding.object.is_none() || object.member == finding.object;
            let concerned: Vec<&Object> = subject.objects.iter().filter(concerned).collect();
            let promised = concerned.iter().flat_map(|object| object.promised.iter().copied()).collect();
            let mut error = ErrorFinding {
                wheel: wheel.to_owned(),
                rule: finding.rule,
                object: finding.object.clone(),
                message: finding.message.clone(),
                promised,
                seen: Vec::new(),
            };
            for witness in witnesses.iter().filter(|witness| error.promised.contains(&witness.python.id.abi))
            {
                let mut refusal = None;
                for object in concerned.iter().filter(|object| object.extension) {
                    let member = object.member.as_deref().unwrap_or_default();
                    refusal = refusal.or(import(witness, installed.folder(), member)?);
                }
                error.seen.push((witness.python.id.abi, refusal));
            }
            Ok(error)
        })
        .collect()
}

/// Imports the module of a member, as its users do, and says why that does not work.
///
/// What is missing for it on this machine, such as another package, is no answer: then the file itself is
/// imported, under its own name.
fn import(witness: &Witness, folder: &Path, member: &str) -> Result<Option<String>> {
    let stem = ModuleFileName::parse(member.rsplit('/').next().unwrap_or(member))
        .map_or_else(|| member.to_owned(), |name| name.module);
    let dotted = match member.rsplit_once('/') {
        Some((package, _)) => format!("{}.{stem}", package.replace('/', ".")),
        None => stem,
    };
    let mut command = Command::new(&witness.python.executable);
    command.args(["-E", "-s", "-S", "-B", "-c", SCRIPT]).arg(folder).arg(member).arg(dotted);
    command.current_dir(folder).env("HOME", folder);
    let done = soabi_child::run(&mut command, LIMIT)?;
    if done.status.is_some_and(|status| status.success()) {
        return Ok(None);
    }
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    let last = words.lines().last().map_or_else(|| format!("{:?}", done.status), str::to_owned);
    Ok(Some(last.replace(&*folder.to_string_lossy(), "")))
}

const SCRIPT: &str = include_str!("import.py");

/// Prints every error with the truth about it.
pub(crate) fn print(errors: &[ErrorFinding]) {
    println!("\n{} findings of the severity error", errors.len());
    for error in errors {
        let truth = if error.is_false() {
            "FALSE"
        } else if error.seen.is_empty() {
            "nobody here to ask"
        } else {
            "true"
        };
        println!(
            "{truth}: {} {}: {}: {}",
            error.wheel,
            error.object.as_deref().unwrap_or("-"),
            error.rule,
            error.message
        );
        for (python, refusal) in &error.seen {
            println!("    {python}: {}", refusal.as_deref().unwrap_or("imports"));
        }
    }
}
