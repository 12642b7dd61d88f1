//! The interpreters that `soabi audit` predicts for.

use std::path::Path;
#[cfg(run)]
use std::sync::Arc;

use soabi_audit::{Axis, RealPython};
use soabi_core::{AbiTag, Selector};
#[cfg(run)]
use soabi_object::ObjectFacts;
#[cfg(run)]
use soabi_python::Interpreter;
#[cfg(run)]
use soabi_rules::Platform;

#[cfg(run)]
use crate::cli::PythonOptions;
use crate::cli::audit::AuditArgs;
use crate::error::Error;
#[cfg(run)]
use crate::interpreters;

/// The interpreters that an audit predicts for: all of the tables, unless some are selected. A path selects a real
/// interpreter, whose own exports are read.
pub(crate) fn axis(args: &AuditArgs) -> Result<Axis, Error> {
    if args.pythons.is_empty() {
        return Ok(Axis::of_tables());
    }
    let mut columns: Vec<(AbiTag, Option<RealPython>)> = Vec::new();
    for selector in &args.pythons {
        match selector {
            Selector::Id(id) => columns.push((*id, None)),
            Selector::Path(path) => columns.extend(real(path, args)?),
            Selector::Versions(range) => {
                let before = columns.len();
                columns.extend(Axis::abis_in(*range).map(|abi| (abi, None)));
                if columns.len() == before {
                    return Err(Error::Unmatched(selector.to_string()));
                }
            }
        }
    }
    Ok(Axis::new(columns))
}

/// The interpreter at `path`, with the exports of its library.
#[cfg(run)]
fn real(path: &Path, args: &AuditArgs) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    let only =
        PythonOptions { pythons: vec![Selector::Path(path.to_owned())], cache_dir: args.cache_dir.clone() };
    let discovery = interpreters::search(&only)?;
    if let Some(broken) = discovery.broken.into_iter().next() {
        return Err(Error::BrokenPython { path: broken.path, why: broken.error.to_string() });
    }
    discovery.found.into_iter().map(|python| Ok((python.id, Some(exports_of(python)?)))).collect()
}

/// Some interpreters have no shared library; then the executable exports what their modules import.
#[cfg(run)]
fn exports_of(python: Interpreter) -> Result<RealPython, Error> {
    let facts = python.facts;
    let file = facts.libpython.unwrap_or_else(|| python.executable.clone());
    let broken = |why: String| Error::BrokenPython { path: file.clone(), why };
    let slices = soabi_object::read_file(&file).map_err(|error| broken(error.to_string()))?;
    let own = slices.iter().position(|slice| slice.arch.as_str() == std::env::consts::ARCH).unwrap_or(0);
    let slice: &ObjectFacts = slices.get(own).ok_or_else(|| broken("it is empty".to_owned()))?;
    let file_name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(RealPython {
        executable: python.executable,
        version: facts.version,
        exports: Arc::new(slice.exports.iter().map(|export| export.name.clone()).collect()),
        suffixes: facts.ext_suffixes.into(),
        platform: Platform::of(slice, &file_name),
    })
}

#[cfg(not(run))]
fn real(path: &Path, _: &AuditArgs) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    Err(Error::DoesNotRun { what: format!("`{}` is an interpreter", path.display()) })
}
