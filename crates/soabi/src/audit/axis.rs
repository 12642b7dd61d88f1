//! The interpreters that predictions are made for: those of the tables, and those that the user names by path.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use soabi_core::AbiTag;
use soabi_core::report::audit::PythonEntry;
use soabi_object::ObjectFacts;
use soabi_python::{Interpreter, Selector};
use soabi_rules::tables::ExportTable;
use soabi_rules::{Exports, Platform, Python};

use crate::cli::PythonOptions;
use crate::command::pythons;
use crate::error::Error;

/// The interpreters, oldest first. A real one stands in the place of the tables' word on its ABI.
pub(crate) struct Axis {
    columns: Vec<(AbiTag, Option<Real>)>,
}

/// An interpreter whose own library was read.
struct Real {
    executable: PathBuf,
    version: String,
    exports: Arc<HashSet<String>>,
    suffixes: Arc<[String]>,
    platform: Platform,
}

impl Axis {
    /// The interpreters that the user wants: all of the tables, unless some are selected.
    pub(crate) fn of(options: &PythonOptions) -> Result<Self, Error> {
        let tables = ExportTable::get().abis();
        let mut columns: Vec<(AbiTag, Option<Real>)> = Vec::new();
        for selector in &options.pythons {
            columns.extend(match selector {
                Selector::Id(id) => vec![(*id, None)],
                Selector::Path(path) => real(path, options)?,
                Selector::Versions(range) => {
                    let wanted =
                        |abi: &AbiTag| abi.python_version().is_some_and(|version| range.contains(version));
                    let found: Vec<_> =
                        tables.iter().copied().filter(wanted).map(|abi| (abi, None)).collect();
                    if found.is_empty() {
                        return Err(Error::Unmatched(selector.to_string()));
                    }
                    found
                }
            });
        }
        if options.pythons.is_empty() {
            columns = tables.into_iter().map(|abi| (abi, None)).collect();
        }
        columns.sort_by_key(|(abi, real)| (*abi, real.is_none()));
        columns.dedup_by_key(|(abi, _)| *abi);
        Ok(Self { columns })
    }

    /// The interpreters, as the rules ask them.
    pub(crate) fn pythons(&self) -> Vec<Python> {
        self.columns.iter().map(|(abi, real)| python_of(*abi, real.as_ref())).collect()
    }

    /// Adds everything that predictions depend on.
    pub(crate) fn digest(&self, digest: &mut Sha256) {
        for (abi, real) in &self.columns {
            digest.update(format!("{abi} "));
            let Some(real) = real else { continue };
            let mut exports: Vec<&String> = real.exports.iter().collect();
            exports.sort();
            digest.update(format!("{:?} {:?} {exports:?}", real.platform, real.suffixes));
        }
    }

    /// The interpreters, as the report names them.
    pub(crate) fn entries(&self) -> Vec<PythonEntry> {
        let entry = |(id, real): &(AbiTag, Option<Real>)| PythonEntry {
            id: *id,
            releases: real.as_ref().map_or_else(|| releases(*id), |real| vec![real.version.clone()]),
            path: real.as_ref().map(|real| real.executable.display().to_string()),
        };
        self.columns.iter().map(entry).collect()
    }
}

fn python_of(abi: AbiTag, real: Option<&Real>) -> Python {
    match real {
        None => Python::known(abi, None),
        Some(real) => Python {
            abi,
            exports: Exports::Given(Arc::clone(&real.exports)),
            suffixes: Some(Arc::clone(&real.suffixes)),
            platform: Some(real.platform),
        },
    }
}

/// The releases of the tables that speak for an ABI.
fn releases(abi: AbiTag) -> Vec<String> {
    let table = ExportTable::get();
    table.releases(table.witnesses(abi, None)).map(|release| release.to_string()).collect()
}

/// The interpreter at `path`, asked who it is, with the exports of its library.
fn real(path: &Path, options: &PythonOptions) -> Result<Vec<(AbiTag, Option<Real>)>, Error> {
    let only = PythonOptions {
        pythons: vec![Selector::Path(path.to_owned())],
        cache_dir: options.cache_dir.clone(),
    };
    let discovery = pythons::search(&only)?;
    if let Some(broken) = discovery.broken.into_iter().next() {
        return Err(Error::BrokenPython { path: broken.path, why: broken.error.to_string() });
    }
    discovery.found.into_iter().map(|python| Ok((python.id, Some(read(python)?)))).collect()
}

/// Some interpreters have no shared library; then the executable exports what their modules import.
fn read(python: Interpreter) -> Result<Real, Error> {
    let facts = python.facts;
    let file = facts.libpython.unwrap_or_else(|| python.executable.clone());
    let broken = |why: String| Error::BrokenPython { path: file.clone(), why };
    let slices = soabi_object::read_file(&file).map_err(|error| broken(error.to_string()))?;
    let own = slices.iter().position(|slice| slice.arch.as_str() == std::env::consts::ARCH).unwrap_or(0);
    let slice: &ObjectFacts = slices.get(own).ok_or_else(|| broken("it is empty".to_owned()))?;
    let file_name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(Real {
        executable: python.executable,
        version: facts.version,
        exports: Arc::new(slice.exports.iter().map(|export| export.name.clone()).collect()),
        suffixes: facts.ext_suffixes.into(),
        platform: Platform::of(slice, &file_name),
    })
}
