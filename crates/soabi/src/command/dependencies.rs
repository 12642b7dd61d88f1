//! What the modules under test depend on, in folders of their own behind them on the path.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use soabi_core::{AbiTag, CpythonAbi, PythonId, error_text};
use soabi_harness::foreign::placed::is_for;
use soabi_harness::foreign::site;
use soabi_python::Interpreter;
use soabi_rules::named_by;
use soabi_wheel::{Wheel, WheelFileName};

use crate::error::Error;

/// Lays out the wheels in `folders` below `scratch`, and says which of them each interpreter takes: of each distribution
/// one, of several the one with the highest version.
pub(crate) fn lay_out(
    folders: &[PathBuf],
    pythons: &[Interpreter],
    scratch: &Path,
) -> Result<BTreeMap<PythonId, Vec<PathBuf>>, Error> {
    let mut wheels = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = entries.map_err(|source| Error::Read { path: folder.clone(), source })?;
        let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "whl"));
        if paths.is_empty() {
            return Err(Error::NoWheels(folder.clone()));
        }
        paths.sort();
        wheels.extend(paths.into_iter().filter_map(|path| Some((named(&path)?, path))));
    }
    let mut sites: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut dependencies = BTreeMap::new();
    for python in pythons {
        let mut folders = Vec::new();
        for path in chosen(&wheels, python.id) {
            let next = sites.len();
            if !sites.contains_key(path) {
                let folder = site::site(&scratch.join(next.to_string()));
                let failed = |why: String| Error::Dependency { path: path.clone(), why };
                let wheel = Wheel::open(path).map_err(|error| failed(error_text(&error)))?;
                site::lay_out(&wheel, &folder).map_err(failed)?;
                sites.insert(path.clone(), folder);
            }
            folders.push(sites[path].clone());
        }
        dependencies.insert(python.id, folders);
    }
    Ok(dependencies)
}

fn named(path: &Path) -> Option<WheelFileName> {
    path.file_name()?.to_str()?.parse().ok()
}

/// Of each distribution the wheel that `python` takes: the highest version, and of that one made for it rather than one
/// for all.
fn chosen(wheels: &[(WheelFileName, PathBuf)], python: PythonId) -> impl Iterator<Item = &PathBuf> {
    let release = match python.abi {
        AbiTag::Cpython(abi) => AbiTag::Cpython(CpythonAbi { debug: false, ..abi }),
        other => other,
    };
    let mut chosen: BTreeMap<String, ((Vec<u64>, bool), &PathBuf)> = BTreeMap::new();
    for (name, path) in wheels {
        let named = named_by(name);
        if !is_for(name, python.machine) || !named.contains(&python.abi) && !named.contains(&release) {
            continue;
        }
        let is_native = name.abis.iter().all(|abi| abi != "none");
        let rank = (numbers(&name.version), is_native);
        let entry = chosen.entry(name.normalized_name()).or_insert_with(|| (rank.clone(), path));
        if rank > entry.0 {
            *entry = (rank, path);
        }
    }
    chosen.into_values().map(|(_, path)| path)
}

/// The numbers of a version, as far as its release goes: `[1, 10]` of `1.10rc1`.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split('.').map(|part| {
        let digits = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        part[..digits].parse().ok()
    });
    parts.map_while(|number| number).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::highest("x-1.9-py3-none-any.whl x-1.10-py3-none-any.whl", "cp311", "x-1.10-py3-none-any.whl")]
    #[case::fits(
        "x-2-cp312-cp312-linux_x86_64.whl x-1-cp311-cp311-linux_x86_64.whl",
        "cp311",
        "x-1-cp311-cp311-linux_x86_64.whl"
    )]
    #[case::native(
        "x-1-py3-none-any.whl x-1-cp311-cp311-linux_x86_64.whl",
        "cp311",
        "x-1-cp311-cp311-linux_x86_64.whl"
    )]
    #[case::debug("x-1-cp311-cp311-linux_x86_64.whl", "cp311d", "x-1-cp311-cp311-linux_x86_64.whl")]
    #[case::one_of_each("A_b-1-py3-none-any.whl a.b-2-py3-none-any.whl", "cp311", "a.b-2-py3-none-any.whl")]
    #[case::none("x-1-cp312-cp312-linux_x86_64.whl", "cp311", "")]
    #[case::machine(
        "x-1-cp311-cp311-linux_s390x.whl x-1-cp311-cp311-linux_x86_64.whl y-1-py3-none-any.whl",
        "cp311-s390x",
        "x-1-cp311-cp311-linux_s390x.whl y-1-py3-none-any.whl"
    )]
    fn choices(#[case] wheels: &str, #[case] python: &str, #[case] expected: &str) {
        let wheels: Vec<_> =
            wheels.split(' ').map(|name| (name.parse().unwrap(), PathBuf::from(name))).collect();
        let chosen: Vec<_> =
            chosen(&wheels, python.parse().unwrap()).map(|path| path.display().to_string()).collect();
        assert_eq!(chosen.join(" "), expected);
    }
}
