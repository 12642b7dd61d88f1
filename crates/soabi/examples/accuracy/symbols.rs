//! Symbols: what is said to be missing, against what is.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use soabi_core::Gate;
use soabi_core::{Prediction, PredictionKind};
use soabi_object::{Arch, Format, ObjectKind};
use soabi_rules::{Exports, Libc, Object, Platform, Python, Subject, predict};

use crate::Result;
use crate::corpus::Installed;
use crate::witness::{Loaded, Witness, Workers};

/// This platform.
const HERE: Platform =
    Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu), apple: None };

/// Cells, counted. A cell is a native file and an interpreter.
#[derive(Default)]
pub(crate) struct Tally {
    wheels: usize,
    files: usize,
    cells: usize,
    /// Per comparison and answer: how many cells.
    counts: BTreeMap<(&'static str, &'static str), usize>,
    /// Cells to be looked at: comparison, cell, and what is different.
    notes: Vec<String>,
    /// What a load was refused for that is not a symbol of Python's, and in which cells.
    others: BTreeMap<String, Vec<String>>,
    /// Cells in which something is said to be missing.
    missing: usize,
    /// Cells that are promised, and refused at the symbols.
    broken: Vec<String>,
}

const AGREE: &str = "agree";
const DISAGREE: &str = "DISAGREE";
const OTHER: &str = "other refusal";
const PROMISED: &str = "extension modules where they are promised";
const PATCH: &str = "a patch level decides, and the table says so";

/// One cell and everything that was said about it.
struct Cell<'a> {
    name: String,
    /// What the auditor says with the interpreter's own exports.
    own: &'a Prediction,
    /// What it says with the tables.
    tables: &'a Prediction,
    /// Names of the tables that only some patch releases of the interpreter have.
    depends: BTreeSet<String>,
}

/// Compares what is said about every file of the subject with what happens.
pub(crate) fn compare(
    wheel: &str,
    subject: &Subject,
    installed: &Installed,
    witnesses: &[Witness],
    workers: &mut Workers,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let here = |object: &&Object| {
        let python = object.extension || !object.imports.is_empty();
        object.platform.loads_on(HERE) && object.facts.kind == ObjectKind::Library && python
    };
    for object in subject.objects.iter().filter(here) {
        tally.wheels = 1;
        tally.files += 1;
        for witness in witnesses {
            tally.cell(wheel, object, installed, (witness, witnesses), workers)?;
        }
    }
    Ok(tally)
}

impl Tally {
    fn cell(
        &mut self,
        wheel: &str,
        object: &Object,
        installed: &Installed,
        (witness, witnesses): (&Witness, &[Witness]),
        workers: &mut Workers,
    ) -> Result<()> {
        let member = object.member.as_deref().unwrap_or_default();
        let file = installed.folder().join(member);
        let abi = witness.python.id.abi;
        let own = Python {
            abi,
            exports: Exports::Given(Arc::clone(&witness.exports)),
            suffixes: Some(witness.python.facts.ext_suffixes.clone().into()),
            platform: Some(HERE),
        };
        let release = witness.python.facts.version.parse().ok();
        let known = predict(object, &Python::known(abi, None));
        let exact = predict(object, &Python::known(abi, release));
        let cell = Cell {
            name: format!("{wheel} {member} @ {abi}"),
            own: &predict(object, &own),
            depends: set(&known.missing).difference(&set(&exact.missing)).cloned().collect(),
            tables: &known,
        };
        self.cells += 1;
        self.missing += usize::from(!cell.own.missing.is_empty());
        let loaded = witness.load(workers, &file, object.module(witness.python.facts.feature.major))?;
        if object.extension && object.promised.contains(&abi) {
            self.promise(&cell, &loaded);
        }
        self.load(&cell, &loaded, witnesses);
        self.by_path(&cell, &loaded, witnesses);
        self.trace(&cell, witness.trace(&file, installed.folder())?, witnesses);
        Ok(())
    }

    /// What is promised is kept.
    fn promise(&mut self, cell: &Cell<'_>, loaded: &Loaded) {
        let answer = match loaded {
            Loaded::Accepted => "accepted",
            Loaded::NoInit | Loaded::Undefined(_) => "REFUSED",
            Loaded::Other(_) => OTHER,
        };
        *self.counts.entry((PROMISED, answer)).or_default() += 1;
        if answer == "REFUSED" {
            self.broken.push(format!("{}: {loaded:?}", cell.name));
        }
    }

    /// A load binds every symbol of Python's exactly when none is said to be missing.
    fn load(&mut self, cell: &Cell<'_>, loaded: &Loaded, witnesses: &[Witness]) {
        let missing = &cell.own.missing;
        let answer = match loaded {
            Loaded::Accepted | Loaded::NoInit if missing.is_empty() => AGREE,
            Loaded::Undefined(name) if missing.contains(name) => AGREE,
            Loaded::Accepted | Loaded::NoInit => DISAGREE,
            Loaded::Undefined(name) if is_python(name, witnesses) => DISAGREE,
            Loaded::Undefined(name) => self.other(cell, name),
            Loaded::Other(message) => self.other(cell, words(message)),
        };
        self.count("a real load", answer, cell, || format!("said {missing:?}, seen {loaded:?}"));
    }

    /// A load by path is refused at the symbols exactly when that is said.
    fn by_path(&mut self, cell: &Cell<'_>, loaded: &Loaded, witnesses: &[Witness]) {
        let Prediction { by_path, by_path_gate, .. } = cell.own;
        let said = (*by_path != PredictionKind::Refuse, *by_path_gate);
        let answer = match loaded {
            Loaded::Accepted if said == (true, None) => AGREE,
            Loaded::NoInit if said == (false, Some(Gate::Symbols)) => AGREE,
            Loaded::Undefined(name) if is_python(name, witnesses) && said == (false, Some(Gate::Symbols)) => {
                AGREE
            }
            Loaded::Undefined(name) if !is_python(name, witnesses) => OTHER,
            Loaded::Other(_) => OTHER,
            _ => DISAGREE,
        };
        self.count("load by path", answer, cell, || format!("said {said:?}, seen {loaded:?}"));
    }

    /// The whole list, against the dynamic linker's.
    fn trace(&mut self, cell: &Cell<'_>, undefined: Option<BTreeSet<String>>, witnesses: &[Witness]) {
        let Some(undefined) = undefined else {
            self.count("every undefined symbol, own exports", OTHER, cell, String::new);
            return;
        };
        let seen: BTreeSet<String> =
            undefined.into_iter().filter(|name| is_python(name, witnesses)).collect();
        let difference =
            |said: &BTreeSet<String>| -> Vec<String> { said.symmetric_difference(&seen).cloned().collect() };
        let own = difference(&set(&cell.own.missing));
        let answer = if own.is_empty() { AGREE } else { DISAGREE };
        self.count("every undefined symbol, own exports", answer, cell, || format!("differ in {own:?}"));
        let tables = difference(&set(&cell.tables.missing));
        let answer = match &tables[..] {
            [] => AGREE,
            names if names.iter().all(|name| cell.depends.contains(name)) => PATCH,
            _ => DISAGREE,
        };
        self.count("every undefined symbol, tables", answer, cell, || format!("differ in {tables:?}"));
    }

    fn other(&mut self, cell: &Cell<'_>, why: &str) -> &'static str {
        self.others.entry(why.to_owned()).or_default().push(cell.name.clone());
        OTHER
    }

    fn count(
        &mut self,
        comparison: &'static str,
        answer: &'static str,
        cell: &Cell<'_>,
        why: impl Fn() -> String,
    ) {
        *self.counts.entry((comparison, answer)).or_default() += 1;
        if answer == DISAGREE {
            self.notes.push(format!("{comparison}: {}: {}", cell.name, why()));
        }
    }

    /// Takes another wheel's cells in.
    pub(crate) fn add(&mut self, other: Self) {
        self.wheels += other.wheels;
        self.files += other.files;
        self.cells += other.cells;
        self.missing += other.missing;
        self.notes.extend(other.notes);
        self.broken.extend(other.broken);
        other.counts.into_iter().for_each(|(key, count)| *self.counts.entry(key).or_default() += count);
        other.others.into_iter().for_each(|(key, cells)| self.others.entry(key).or_default().extend(cells));
    }

    /// How many answers are wrong.
    pub(crate) fn disagreements(&self) -> usize {
        self.notes.len()
    }

    /// Prints the counts, then every disagreement.
    pub(crate) fn print(&self) {
        println!("\n{} cells: {} native files of {} wheels", self.cells, self.files, self.wheels);
        println!("{:>8}  miss a symbol of Python's", self.missing);
        for ((comparison, answer), count) in &self.counts {
            println!("{count:>8}  {comparison}: {answer}");
        }
        println!("\nrefused for another reason than Python's symbols:");
        for (why, cells) in &self.others {
            println!("{:>8}  {why}, as {}", cells.len(), cells[0]);
        }
        println!("\npromises that the loader breaks: {}", self.broken.len());
        self.broken.iter().for_each(|cell| println!("  {cell}"));
        println!("\ndisagreements: {}", self.notes.len());
        self.notes.iter().for_each(|note| println!("  {note}"));
    }
}

/// Whether a symbol is Python's: an interpreter of this machine exports it, or it looks like it. This is not
/// how [`soabi_rules`] decides it.
fn is_python(name: &str, witnesses: &[Witness]) -> bool {
    let exported = |exports: &HashSet<String>| exports.contains(name);
    name.trim_start_matches('_').starts_with("Py")
        || witnesses.iter().any(|witness| exported(&witness.exports))
}

fn set(names: &[String]) -> BTreeSet<String> {
    names.iter().cloned().collect()
}

/// What a message says, without the folder of this run.
fn words(message: &str) -> &str {
    message.rsplit('/').next().unwrap_or(message)
}
