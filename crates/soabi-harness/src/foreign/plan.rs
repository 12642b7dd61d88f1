//! The cells of what lies in distributions. Pure.
//!
//! Every native module is loaded by its path everywhere. It is imported where an installer puts it, and where it is
//! asked for.

use std::collections::HashMap;

use soabi_core::{Cell, FileName, ModuleFileName, PythonId, Rung};
use soabi_python::Interpreter;

use super::placed::Placed;
use super::promise::is_installed;
use crate::subject::Subject;

/// The cells of those `subjects` that lie in distributions, in their order. With `everywhere`, all is imported in every
/// interpreter, whatever the tags say.
pub fn cells(subjects: &[Subject], pythons: &[&Interpreter], rungs: &[Rung], everywhere: bool) -> Vec<Cell> {
    let files = Files::of(subjects);
    let mut cells = Vec::new();
    for subject in subjects {
        let Some(placed) = &subject.placed else { continue };
        for python in pythons.iter().filter(|python| is_of(subject, placed, python.id)) {
            for &rung in rungs {
                let is_wanted = match rung {
                    Rung::Inspect => false,
                    Rung::Load => placed.member.is_some(),
                    Rung::Test => {
                        placed.is_checks && (everywhere || is_installed(&placed.distribution, python.id))
                    }
                    Rung::Import => {
                        (everywhere || is_installed(&placed.distribution, python.id))
                            && files.is_imported(subject, placed, python)
                    }
                };
                if is_wanted {
                    let (artifact, file) = (subject.artifact.id.clone(), FileName::Tagged);
                    cells.push(Cell { artifact, python: python.id, rung, file });
                }
            }
        }
    }
    cells
}

/// Whether an interpreter can be asked about a subject: one of another machine only about what is for that machine.
fn is_of(subject: &Subject, placed: &Placed, python: PythonId) -> bool {
    let of_machine = match placed.member {
        Some(_) => subject.machine == python.machine,
        // Of what lies in place nothing says for which machine all of it is.
        None => placed.distribution.wheel.is_some() && placed.distribution.is_for(python.machine),
    };
    python.is_native() || of_machine
}

/// The files of each module of each distribution.
struct Files<'a>(HashMap<(&'a str, &'a str), Vec<&'a Subject>>);

impl<'a> Files<'a> {
    fn of(subjects: &'a [Subject]) -> Self {
        let mut files: HashMap<_, Vec<&Subject>> = HashMap::new();
        for subject in subjects {
            let Some(placed) = subject.placed.as_ref().filter(|placed| placed.member.is_some()) else {
                continue;
            };
            if let Some(module) = &placed.module {
                files.entry((placed.distribution.name.as_str(), module.as_str())).or_default().push(subject);
            }
        }
        Self(files)
    }

    /// Whether it is this file that `python` imports under the name of its module, of several the one whose suffix it
    /// searches for first; or none of them is found.
    fn is_imported(&self, subject: &Subject, placed: &Placed, python: &Interpreter) -> bool {
        let Some(module) = &placed.module else { return false };
        let files = self.0.get(&(placed.distribution.name.as_str(), module.as_str()));
        let rank = |subject: &Subject| {
            let (name, stem) = (&subject.artifact.file_name, &subject.artifact.module);
            let is_found =
                |suffix: &String| ModuleFileName::is_found_as(name, stem, std::slice::from_ref(suffix));
            python.facts.ext_suffixes.iter().position(is_found).unwrap_or(usize::MAX)
        };
        // A package is imported whatever it is made of; where that is a file of its own, that file speaks for it.
        let Some(files) = files else { return true };
        placed.member.is_some() && files.iter().all(|other| rank(other) >= rank(subject))
    }
}
