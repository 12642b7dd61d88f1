//! The interpreters that `soabi audit` predicts for.

use std::collections::BTreeSet;
use std::path::Path;
#[cfg(run)]
use std::sync::Arc;

use soabi_audit::{Axis, RealPython};
use soabi_core::{AbiTag, Selection, Selector};
#[cfg(run)]
use soabi_object::ObjectFacts;
#[cfg(run)]
use soabi_python::Interpreter;
#[cfg(run)]
use soabi_rules::Platform;
use soabi_rules::tables::ExportTable;

use crate::cli::audit::AuditArgs;
#[cfg(run)]
use crate::cli::options::PythonOptions;
use crate::error::Error;
#[cfg(run)]
use crate::interpreters;

/// The interpreters that an audit predicts for, and those among them that are required to load everything.
///
/// All of the tables are predicted for, unless some are to be shown alone. A path names a real interpreter, whose own
/// exports are read. What the configuration requires counts where the command line requires nothing.
pub(crate) fn axis(args: &AuditArgs, configured: &[Selection]) -> Result<(Axis, Vec<AbiTag>), Error> {
    let cache_dir = args.cache_dir.as_deref();
    let required = if args.pythons.is_empty() { configured } else { &args.pythons };
    let required = columns(required, cache_dir)?;
    let mut ids: Vec<AbiTag> = required.iter().map(|(id, _)| *id).collect();
    ids.sort();
    ids.dedup();
    let shown = if args.show.is_empty() {
        ExportTable::get().abis().into_iter().map(|abi| (abi, None)).collect()
    } else {
        columns(&args.show, cache_dir)?
    };
    Ok((Axis::new(required.into_iter().chain(shown)), ids))
}

/// Every interpreter of the tables with those that `required` names, and the names of these.
pub(crate) fn of_tables_and(
    required: &[Selection],
    cache_dir: Option<&Path>,
) -> Result<(Axis, Vec<AbiTag>), Error> {
    let required = columns(required, cache_dir)?;
    let ids: BTreeSet<AbiTag> = required.iter().map(|(id, _)| *id).collect();
    let all = ExportTable::get().abis().into_iter().map(|abi| (abi, None));
    Ok((Axis::new(required.into_iter().chain(all)), ids.into_iter().collect()))
}

/// The interpreters that are named. Versions are those of CPython with the GIL.
fn columns(
    selections: &[Selection],
    cache_dir: Option<&Path>,
) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    let mut columns = Vec::new();
    for selector in selections.iter().flat_map(|selection| &selection.0) {
        let before = columns.len();
        match selector {
            Selector::Path(path) => columns.extend(real(path, cache_dir)?),
            other => columns.extend(known(other).map(|abi| (abi, None))),
        }
        if columns.len() == before {
            return Err(Error::Unmatched(selector.to_string()));
        }
    }
    Ok(columns)
}

/// The interpreters of the tables that `selector` names.
fn known(selector: &Selector) -> impl Iterator<Item = AbiTag> {
    let is_named =
        move |abi: &AbiTag| abi.python_version().is_some_and(|version| selector.matches(*abi, version));
    ExportTable::get().abis().into_iter().filter(is_named)
}

/// The interpreter at `path`, with the exports of its library.
#[cfg(run)]
fn real(path: &Path, cache_dir: Option<&Path>) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    let selection = Selection(vec![Selector::Path(path.to_owned())]);
    let only = PythonOptions { pythons: vec![selection], cache_dir: cache_dir.map(Path::to_owned) };
    let discovery = interpreters::search(&only)?;
    if let Some(broken) = discovery.broken.into_iter().next() {
        return Err(Error::BrokenPython { path: broken.path, why: broken.error.to_string() });
    }
    discovery.found.into_iter().map(|python| Ok((python.id.abi, Some(exports_of(python)?)))).collect()
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
fn real(path: &Path, _: Option<&Path>) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    Err(Error::DoesNotRun { what: format!("`{}` is an interpreter", path.display()) })
}
