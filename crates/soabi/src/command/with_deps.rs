//! Dependencies from the user's own index, by the user's own uv or pip: for each interpreter into a folder of its own, which
//! is kept. It says before that it uses the network, and it is over before anything of the wheels runs.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use soabi_core::{ArtifactId, Cell, PythonId, Rung};
use soabi_harness::subject::Subject;
use soabi_python::Interpreter;
use soabi_wheel::{Inflater, Wheel};

use crate::command::site_packages::{Installers, Wanted};
use crate::error::Error;

/// Adds the folders with what the wheels of `subjects` depend on to `dependencies`, for the interpreters in which they
/// are imported. What could not be resolved is among the `errors`.
pub(crate) fn resolve(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    cache: &Path,
    dependencies: &mut BTreeMap<PythonId, Vec<PathBuf>>,
    errors: &mut Vec<String>,
) -> Result<(), Error> {
    let installers = Installers::of_process();
    for python in pythons {
        let is_here =
            |cell: &&Cell| cell.python == python.id && matches!(cell.rung, Rung::Import | Rung::Test);
        let wanted: HashSet<&ArtifactId> = cells.iter().filter(is_here).map(|cell| &cell.artifact).collect();
        let requirements =
            requirements(subjects.iter().filter(|subject| wanted.contains(&subject.artifact.id)));
        if requirements.is_empty() {
            continue;
        }
        let lines: Vec<_> = requirements.iter().map(String::as_str).collect();
        let (list, said) = (lines.join("\n"), lines.join(", "));
        let wanted = Wanted { requirements: &list, said: &said, locked: false };
        match installers.install(python, &wanted, &cache.join("dependencies"))? {
            Ok(folder) => dependencies.entry(python.id).or_default().push(folder),
            Err(why) => errors.push(format!("{}: the dependencies could not be resolved: {why}", python.id)),
        }
    }
    Ok(())
}

/// What the wheels require, but for what they require with an extra only. Their markers are for the resolver.
fn requirements<'a>(subjects: impl Iterator<Item = &'a Subject>) -> BTreeSet<String> {
    let archives: BTreeSet<&Path> =
        subjects.filter_map(|subject| subject.placed.as_ref()?.distribution.archive.as_deref()).collect();
    let metadata = archives.into_iter().filter_map(|path| {
        let wheel = Wheel::open(path).ok()?;
        wheel.metadata(&mut Inflater::default()).ok()
    });
    metadata.flat_map(|metadata| metadata.requires_dist).filter(|line| !has_extra(line)).collect()
}

/// Whether a requirement holds for an extra only (PEP 508), or cannot be a line of a file.
fn has_extra(requirement: &str) -> bool {
    let marker = requirement.split_once(';').map(|(_, marker)| marker).unwrap_or_default();
    let is_extra =
        marker.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == "extra");
    is_extra || requirement.starts_with('-') || requirement.contains(['\n', '\r'])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("numpy>=1.20", false)]
    #[case("typing-extensions; python_version < '3.11'", false)]
    #[case("pytest; extra == 'test'", true)]
    #[case("pytest; python_version > '3.8' and extra=='test'", true)]
    #[case("extra-requirement>=2", false)]
    #[case("--index-url https://example.org", true)]
    #[case("numpy\n-r /etc/passwd", true)]
    fn extras(#[case] requirement: &str, #[case] expected: bool) {
        assert_eq!(has_extra(requirement), expected);
    }
}
