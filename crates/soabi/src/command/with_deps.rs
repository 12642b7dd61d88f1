//! Dependencies from the user's own index, by the user's own uv or pip: for each interpreter into a folder of its own, which
//! is kept. It is the only part of a matrix that uses the network, it says so before, and it is over before anything of
//! the wheels runs. Only wheels are taken: to build anything else is to run it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};
use soabi_core::{AbiTag, ArtifactId, Cell, PyVersion, Rung};
use soabi_harness::subject::Subject;
use soabi_python::Interpreter;
use soabi_wheel::{Inflater, Wheel};

use crate::error::Error;

/// What a resolver may take for one interpreter.
const LIMIT: Duration = Duration::from_mins(15);

/// The first version that uv installs for.
const FIRST_OF_UV: PyVersion = PyVersion::new(3, 8);

/// Adds the folders with what the wheels of `subjects` depend on to `dependencies`, for the interpreters in which they
/// are imported. What could not be resolved is among the `errors`.
pub(crate) fn resolve(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    cache: &Path,
    dependencies: &mut BTreeMap<AbiTag, Vec<PathBuf>>,
    errors: &mut Vec<String>,
) -> Result<(), Error> {
    let has_uv = Command::new("uv").arg("--version").output().is_ok_and(|output| output.status.success());
    for python in pythons {
        let is_here =
            |cell: &&Cell| cell.python == python.id && matches!(cell.rung, Rung::Import | Rung::Test);
        let wanted: HashSet<&ArtifactId> = cells.iter().filter(is_here).map(|cell| &cell.artifact).collect();
        let requirements =
            requirements(subjects.iter().filter(|subject| wanted.contains(&subject.artifact.id)));
        if requirements.is_empty() {
            continue;
        }
        let uv = has_uv && python.facts.feature >= FIRST_OF_UV;
        match installed(python, &requirements, uv, cache)? {
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

/// The folder with the requirements installed for `python`: that of an earlier run, or a new one.
fn installed(
    python: &Interpreter,
    requirements: &BTreeSet<String>,
    uv: bool,
    cache: &Path,
) -> Result<Result<PathBuf, String>, Error> {
    let lines = requirements.iter().cloned().collect::<Vec<_>>().join("\n");
    let key = Sha256::digest(format!("{} {}\n{lines}", python.facts.version, python.executable.display()));
    let root = cache.join("dependencies");
    let folder = root.join(soabi_core::hex(&key[..16]));
    if folder.is_dir() {
        return Ok(Ok(folder));
    }
    let tool = if uv { "uv" } else { "pip" };
    let named = requirements.iter().cloned().collect::<Vec<_>>().join(", ");
    anstream::eprintln!(
        "{}: {tool} resolves {}, from the network",
        python.id,
        soabi_core::Foreign::new(&named)
    );
    let failed = |source| Error::Write { path: folder.clone(), source };
    fs::create_dir_all(&root).map_err(failed)?;
    // Whole or not at all: it is another folder until everything is there.
    let making = tempfile::Builder::new().prefix("making-").tempdir_in(&root).map_err(failed)?;
    let (target, list) = (making.path().join("site"), making.path().join("requirements.txt"));
    fs::write(&list, lines).map_err(failed)?;
    let mut command = if uv {
        let mut command = Command::new("uv");
        command.args(["pip", "install", "--quiet", "--python"]).arg(&python.executable);
        command
    } else {
        let mut command = Command::new(&python.executable);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        command
    };
    command.args(["--only-binary", ":all:", "--target"]).arg(&target).arg("--requirement").arg(&list);
    let finished = match soabi_child::run(&mut command, LIMIT) {
        Ok(finished) => finished,
        Err(error) => return Ok(Err(format!("{tool} could not be started: {error}"))),
    };
    if !finished.status.is_some_and(|status| status.success()) {
        let said = String::from_utf8_lossy(&finished.stderr);
        let last_words = said.lines().map(str::trim).rfind(|line| !line.is_empty());
        return Ok(Err(format!("{tool}: {}", last_words.unwrap_or("without a word"))));
    }
    // Where a marker leaves nothing to install, no folder is made.
    fs::create_dir_all(&target).map_err(failed)?;
    match fs::rename(&target, &folder) {
        Err(_) if folder.is_dir() => {}
        renamed => renamed.map_err(failed)?,
    }
    Ok(Ok(folder))
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
