//! One cell of the matrix, explained: what the ABI rules promise of this artifact in this interpreter, and where
//! they are written down. Nothing is built, asked or run; whether the promise is kept is for the matrix to see.

use std::fmt::Write;
use std::path::Path;

use soabi_core::{AbiTag, Artifact, Expectation, FileName, Gate, Promise, PythonId, Rung};
use soabi_harness::specimen::{self, Specimen, flavors};
use soabi_harness::subject::Subject;
use soabi_notes::claims;
use soabi_python::{Manifest, manifests};
use soabi_rules::{Target, promise, promise_by_abi};

use crate::command::notes;
use crate::error::Error;

/// What can be asked of an artifact in an interpreter, as cells are called.
const QUESTIONS: [(&str, Rung, FileName); 3] = [
    ("load", Rung::Load, FileName::Tagged),
    ("import", Rung::Import, FileName::Tagged),
    ("import-bare", Rung::Import, FileName::Bare),
];

/// The text for the cell `id`.
pub(super) fn explain(id: &str) -> Result<String, Error> {
    let form = || Error::NoSuchCell {
        why: format!("`{id}` is not the name of a cell"),
        help:
            "a cell is called like `c-single/cp311@cp312/import`; `soabi matrix --plan` lists those of this \
               machine"
                .to_owned(),
    };
    let (artifact, place) = id.rsplit_once('@').ok_or_else(form)?;
    let (python, question) = place.split_once('/').ok_or_else(form)?;
    // What is promised is the same on every machine.
    let python = &python.parse().map_or_else(|_| python.to_owned(), |id: PythonId| id.abi.to_string());
    if artifact == notes::ROW && question == "import" {
        return Ok(of_notes(id, find_python(python)?.id));
    }
    let (row, manifest) = (Row::find(artifact)?, find_python(python)?);
    let (_, rung, file) = *QUESTIONS
        .iter()
        .find(|(name, ..)| *name == question)
        .ok_or_else(|| no_such_question(question, &format!("{artifact}@{python}")))?;
    if file == FileName::Bare && row.artifact.is_bare() {
        return Err(Error::NoSuchCell {
            why: format!("`{}` is the own name of `{artifact}`, and no other cell", row.artifact.file_name),
            help: format!("ask for `{artifact}@{python}/import`"),
        });
    }
    Ok(text(id, &row, manifest, rung, file))
}

/// The text for a cell of the row that is no artifact.
fn of_notes(id: &str, python: AbiTag) -> String {
    format!(
        "{id}: accept\n\n\
         {} claims about C and Python, each with the answers that are expected of {python} and why.\n\
         `soabi notes --python {python}` asks them all, `soabi explain CLAIM` shows one.\n\
         See docs/notes.md.\n",
        claims().len()
    )
}

/// An artifact and what is known of its making.
struct Row {
    artifact: Artifact,
    /// What it is, in a few words.
    title: String,
    /// The ABI it was built for or, for a stable ABI, with. `None` for somebody else's file, whose name does not
    /// say.
    built_for: Option<AbiTag>,
}

impl Row {
    /// The specimen that is called `id`, or somebody else's file of that name.
    fn find(id: &str) -> Result<Self, Error> {
        let specimens = specimen::declared(flavors(), manifests(), &platform());
        if let Some(specimen) = specimens.iter().find(|specimen| specimen.id().0 == id) {
            return Ok(Self {
                artifact: specimen.artifact(specimen.file_name.clone().into()),
                title: specimen.flavor.title.clone(),
                built_for: Some(specimen.built_for),
            });
        }
        // A specimen's name has a slash and no file's name has one.
        match Subject::given(Path::new(id)).filter(|_| !id.contains('/')) {
            Some(subject) => {
                let title = "somebody's own file, of which no more is known than its name".to_owned();
                Ok(Self { artifact: subject.artifact, title, built_for: None })
            }
            None => Err(no_such_artifact(id, &specimens)),
        }
    }

    /// What it was built for, as the end of a sentence.
    fn made(&self) -> String {
        match (self.built_for, self.artifact.claim.floor) {
            (None, _) => String::new(),
            (Some(abi), None) => format!(", built for {abi}"),
            (Some(abi), Some(floor)) => {
                format!(", built with {abi} for {} from {floor} on", self.artifact.claim.abi)
            }
        }
    }
}

/// What stands for the platform in the file names of this machine's interpreters.
fn platform() -> String {
    let libc = if cfg!(target_env = "musl") { "musl" } else { "gnu" };
    match std::env::consts::OS {
        "macos" => "darwin".to_owned(),
        system => format!("{}-{system}-{libc}", std::env::consts::ARCH),
    }
}

fn text(id: &str, row: &Row, manifest: &Manifest, rung: Rung, file: FileName) -> String {
    let (artifact, python) = (&row.artifact, manifest.id);
    let suffixes = manifest.suffixes_on(&platform());
    let promised = promise(artifact, Target { abi: python, suffixes: &suffixes }, rung, file);
    let how = match (rung, file) {
        (Rung::Import, FileName::Tagged) => "the interpreter imports it under its own name".to_owned(),
        (Rung::Import, FileName::Bare) => {
            format!("the interpreter imports it, renamed to `{}`", artifact.file_name_as(FileName::Bare))
        }
        (Rung::Test, _) => "the author's own checks are run".to_owned(),
        (Rung::Load | Rung::Inspect, _) => {
            "it is opened by its path beside the interpreter's library; its name is not looked at".to_owned()
        }
    };

    let mut text = format!("{id}: {}\n\n", in_short(promised.expectation));
    let _ = writeln!(text, "artifact     {}: {}{}", artifact.file_name, row.title, row.made());
    let _ = writeln!(text, "interpreter  {python}, which searches for {}", suffixes.join(", "));
    let _ = writeln!(text, "{:<11}  {how}", rung.as_str());
    let _ = write!(text, "\n{}", in_full(&promised));
    if promised.expectation == Expectation::Refuse(Gate::Name) {
        let loaded = promise_by_abi(artifact.claim, python);
        let _ = write!(text, "\nOnce it is found, or loaded by its path: {}\n", in_short(loaded.expectation));
        text += &in_full(&loaded);
    }
    text
}

/// `accept`, `luck`, or `refuse at the gate name`.
fn in_short(expectation: Expectation) -> String {
    match expectation.gate() {
        Some(gate) => format!("{} at the gate {gate}", expectation.kind()),
        None => expectation.kind().to_string(),
    }
}

fn in_full(promise: &Promise) -> String {
    let meaning = match promise.expectation {
        Expectation::Accept => "It works, and that is promised",
        Expectation::Luck => "It may load; nobody promised that it does, nor that it works then",
        Expectation::Refuse(Gate::Name) => "It is refused: the finder does not look for a file of this name",
        Expectation::Refuse(Gate::Platform) => "It is refused: the file is for another system",
        Expectation::Refuse(Gate::Symbols) => "It is refused: the dynamic linker misses a symbol",
        Expectation::Refuse(Gate::Runtime) => "It is refused: the interpreter itself says no",
    };
    let reference = promise.reference.map(|reference| format!("See {reference}.\n")).unwrap_or_default();
    format!("{meaning}.\nBecause: {}.\n{reference}", promise.why)
}

fn find_python(id: &str) -> Result<&'static Manifest, Error> {
    let known = || manifests().iter().map(|manifest| manifest.id.to_string());
    manifests().iter().find(|manifest| manifest.id.to_string() == id).ok_or_else(|| Error::NoSuchCell {
        why: format!("there is no interpreter `{id}`"),
        help: format!("the nearest are {}; `soabi pythons` lists all of them", nearest(id, known())),
    })
}

fn no_such_question(question: &str, cell: &str) -> Error {
    let cells = QUESTIONS.map(|(name, ..)| format!("`{cell}/{name}`"));
    Error::NoSuchCell {
        why: format!("there is no rung `{question}` in the matrix"),
        help: format!("the cells are {}", cells.join(", ")),
    }
}

fn no_such_artifact(id: &str, specimens: &[Specimen<'_>]) -> Error {
    let (name, built_for) = id.split_once('/').unwrap_or((id, ""));
    let flavor = flavors().iter().find(|flavor| flavor.id == name);
    let python = built_for.parse().ok().and_then(Manifest::of);
    if let (Some(flavor), Some(python)) = (flavor, python)
        && let Some(because) = flavor.why_not(python.id)
    {
        return Error::NoSuchCell {
            why: format!("there is no `{name}` for {built_for}: {because}"),
            help: format!("`soabi matrix --plan --flavor {name}` lists its cells"),
        };
    }
    let of_flavor = |specimen: &&Specimen<'_>| flavor.is_none_or(|flavor| specimen.flavor.id == flavor.id);
    let known = specimens.iter().filter(of_flavor).map(|specimen| specimen.id().0);
    Error::NoSuchCell {
        why: format!("there is no artifact `{id}`"),
        help: format!(
            "the nearest are {}; somebody's own file is named by its file name, such as `eggs.abi3.so`",
            nearest(id, known)
        ),
    }
}

/// The three that are most like `wanted`.
fn nearest(wanted: &str, known: impl Iterator<Item = String>) -> String {
    let mut known: Vec<String> = known.collect();
    known.sort_by_key(|id| strsim::damerau_levenshtein(id, wanted));
    known.iter().take(3).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}
