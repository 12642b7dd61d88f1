//! What the resolver says of a file and of all that is loaded with it, against what the dynamic linker says.

use std::collections::BTreeSet;

use soabi_rules::resolve::{File, ProblemKind, Resolution, Resolved};

use crate::answer::Answer;
use crate::install::Installed;
use crate::is_python;

/// What is said to be missing.
#[derive(Debug, Default)]
pub(crate) struct Said {
    libraries: BTreeSet<String>,
    /// Names, and `name@version` for those that have to have one.
    symbols: BTreeSet<String>,
    versions: BTreeSet<String>,
}

impl Said {
    /// What is said of the file at `index` and of what it loads.
    pub(crate) fn of(index: usize, files: &[File<'_>], resolved: &Resolved) -> Self {
        let mut said = Self::default();
        for &file in &resolved.closures[index] {
            for (need, resolution) in files[file].needed.iter().zip(&resolved.needs[file]) {
                if !matches!(
                    resolution,
                    Resolution::Member(_) | Resolution::Interpreter | Resolution::Platform
                ) {
                    said.libraries.insert(need.name.to_owned());
                }
            }
        }
        for problem in resolved.problems_of(index) {
            if matches!(problem.kind, ProblemKind::MissingLibrary(_)) {
                continue;
            }
            for symbol in &problem.symbols {
                if let Some((_, version)) = symbol.split_once('@') {
                    said.versions.insert(version.to_owned());
                }
                said.symbols.insert(symbol.clone());
            }
        }
        said
    }

    /// How the linker's answer agrees, or why it does not.
    pub(crate) fn against(&self, answer: &Answer, installed: &Installed<'_>) -> Result<&'static str, String> {
        let missing: Vec<&String> = self.libraries.iter().filter(|name| !installed.root_has(name)).collect();
        match answer {
            Answer::NoLibrary(library) if self.libraries.contains(library) => {
                Ok("a library is missing, as said")
            }
            Answer::NoLibrary(library) => Err(format!("`{library}` is missing, and said to be there")),
            _ if !missing.is_empty() => Err(format!("{missing:?} are said to be missing, and {answer:?}")),
            Answer::NoSymbol(name, _) if is_python(name) => {
                Ok("a symbol of Python's is in no Python of the tables")
            }
            Answer::NoSymbol(name, version) => {
                let whole =
                    version.as_ref().map_or_else(|| name.clone(), |version| format!("{name}@{version}"));
                let said = self.symbols.contains(&whole) || self.symbols.contains(name);
                // Libraries that the root has beyond the platform are not in the tables.
                if said {
                    Ok("a symbol is missing, as said")
                } else if self.has_extra() {
                    Ok("not comparable: it needs a library that the root has and the platform has not")
                } else {
                    Err(format!("`{whole}` is missing, and nothing is said"))
                }
            }
            Answer::NoVersion(version) if self.versions.contains(version) => {
                Ok("a version is missing, as said")
            }
            Answer::NoVersion(version) => Err(format!("`{version}` is missing, and nothing is said")),
            Answer::Other(message)
                if message.contains("static TLS") || message.contains("initial-exec TLS") =>
            {
                Ok("not comparable: thread-local memory")
            }
            Answer::Other(message) => Err(format!("the linker says `{message}`")),
            Answer::Bound if self.symbols.is_empty() => Ok("everything is there, as said"),
            Answer::Bound if self.has_extra() => {
                Ok("not comparable: it needs a library that the root has and the platform has not")
            }
            Answer::Bound => Err(format!("{:?} are said to be missing, and the file loads", self.symbols)),
        }
    }

    fn has_extra(&self) -> bool {
        !self.libraries.is_empty()
    }
}
