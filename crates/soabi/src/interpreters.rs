//! The interpreters of this machine, as commands ask for them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use soabi_audit::{Axis, RealPython};
use soabi_core::{AbiTag, Selector};
use soabi_object::ObjectFacts;
use soabi_python::{Discovery, Environment, Interpreter, Manifest, Request, discover, manifests};
use soabi_rules::Platform;

use crate::cli::PythonOptions;
use crate::error::Error;
use crate::folders;

/// Finds the interpreters that the user wants.
pub(crate) fn search(options: &PythonOptions) -> Result<Discovery, Error> {
    let request = Request {
        selection: options.pythons.clone(),
        own_pythons: Some(folders::data()?.join("pythons")),
        cache_dir: Some(folders::cache(options.cache_dir.as_deref())?.join("pythons")),
        jobs: cores(),
        ..Request::new(Environment::of_process())
    };
    let discovery = discover(&request);
    match discovery.unmatched.first() {
        Some(selector) => Err(Error::Unmatched(selector.to_string())),
        None => Ok(discovery),
    }
}

/// Finds the interpreters, at least one.
pub(crate) fn search_some(options: &PythonOptions) -> Result<Discovery, Error> {
    let discovery = search(options)?;
    if !discovery.found.is_empty() {
        return Ok(discovery);
    }
    for broken in &discovery.broken {
        anstream::eprintln!("broken: {}", broken.error);
    }
    if options.pythons.is_empty() {
        return Err(Error::NoPython { help: help_for(manifests().iter().rev()) });
    }
    let wanted: Vec<_> = options.pythons.iter().map(ToString::to_string).collect();
    let help = help_for(discovery.missing.iter().copied());
    Err(Error::NoneWanted { wanted: wanted.join(", "), help })
}

/// The interpreters that are as their manifests declare. The others would run cells of an ABI that is not theirs.
pub(crate) fn sound(discovery: &Discovery) -> Vec<Interpreter> {
    let drifted: BTreeSet<AbiTag> = discovery.drifted.iter().map(|drift| drift.id).collect();
    discovery.found.iter().filter(|python| !drifted.contains(&python.id)).cloned().collect()
}

/// How to get the first interpreter that there is a way to get.
fn help_for<'a>(mut manifests: impl Iterator<Item = &'a Manifest>) -> String {
    let way = manifests.find_map(how_to_get);
    let way = way.map(|way| format!("{way}; or ")).unwrap_or_default();
    format!("{way}name one with `--python PATH`; `soabi pythons` shows every way to get one")
}

/// How to get an interpreter: soabi's own way, and the first of the others.
pub(crate) fn how_to_get(manifest: &Manifest) -> Option<String> {
    let own = (!manifest.install.is_empty()).then(|| format!("`soabi pythons --install {}`", manifest.id));
    let other = manifest.get.first().map(|way| format!("`{}`", way.command));
    let ways: Vec<_> = own.into_iter().chain(other).collect();
    (!ways.is_empty()).then(|| format!("get it with {}", ways.join(", or by hand: ")))
}

/// How many threads this machine is good for.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The interpreters that an audit predicts for: all of the tables, unless some are selected. A path selects a real
/// interpreter, whose own exports are read.
pub(crate) fn axis(options: &PythonOptions) -> Result<Axis, Error> {
    if options.pythons.is_empty() {
        return Ok(Axis::of_tables());
    }
    let mut columns: Vec<(AbiTag, Option<RealPython>)> = Vec::new();
    for selector in &options.pythons {
        match selector {
            Selector::Id(id) => columns.push((*id, None)),
            Selector::Path(path) => columns.extend(real(path, options)?),
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
fn real(path: &Path, options: &PythonOptions) -> Result<Vec<(AbiTag, Option<RealPython>)>, Error> {
    let only = PythonOptions {
        pythons: vec![Selector::Path(path.to_owned())],
        cache_dir: options.cache_dir.clone(),
    };
    let discovery = search(&only)?;
    if let Some(broken) = discovery.broken.into_iter().next() {
        return Err(Error::BrokenPython { path: broken.path, why: broken.error.to_string() });
    }
    discovery.found.into_iter().map(|python| Ok((python.id, Some(exports_of(python)?)))).collect()
}

/// Some interpreters have no shared library; then the executable exports what their modules import.
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
