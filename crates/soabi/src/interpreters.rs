//! The interpreters of this machine, as commands ask for them.

use std::collections::BTreeSet;

use soabi_core::PythonId;
use soabi_python::{Discovery, Environment, Interpreter, Manifest, Request, discover, manifests};

use crate::cli::options::PythonOptions;
use crate::error::Error;
use crate::folders;

/// Finds the interpreters that the user wants. A user without a home has no folder of soabi's Pythons, and no cache
/// unless one is named.
pub(crate) fn search(options: &PythonOptions) -> Result<Discovery, Error> {
    let cache = match &options.cache_dir {
        Some(named) => Some(folders::cache(Some(named))?),
        None => folders::cache(None).ok(),
    };
    let request = Request {
        selection: options.selectors().cloned().collect(),
        own_pythons: folders::data().ok().map(|data| data.join("pythons")),
        cache_dir: cache.map(|cache| cache.join("pythons")),
        jobs: cores(),
        ..Request::new(Environment::of_process())
    };
    // An interpreter may start processes that outlive it.
    soabi_child::adopt_orphans();
    let discovery = discover(&request);
    soabi_child::end_orphans();
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
    let wanted: Vec<_> = options.selectors().map(ToString::to_string).collect();
    let help = help_for(discovery.missing.iter().copied());
    Err(Error::NoneWanted { wanted: wanted.join(", "), help })
}

/// The interpreters that are as their manifests declare. The others would run cells of an ABI that is not theirs.
pub(crate) fn sound(discovery: &Discovery) -> Vec<Interpreter> {
    let drifted: BTreeSet<PythonId> = discovery.drifted.iter().map(|drift| drift.id).collect();
    discovery.found.iter().filter(|python| !drifted.contains(&python.id)).cloned().collect()
}

/// Only what is of this machine, which has to be something.
pub(crate) fn native(discovery: Discovery) -> Result<Discovery, Error> {
    let (found, foreign): (Vec<_>, Vec<_>) =
        discovery.found.into_iter().partition(|python| python.id.is_native());
    match foreign.first() {
        Some(python) if found.is_empty() => Err(Error::ForeignPython(python.id)),
        _ => Ok(Discovery { found, ..discovery }),
    }
}

/// How to get the first interpreter that there is a way to get.
fn help_for<'a>(mut manifests: impl Iterator<Item = &'a Manifest>) -> String {
    let way = manifests.find_map(Manifest::how_to_get);
    let way = way.map(|way| format!("{way}; or ")).unwrap_or_default();
    format!("{way}name one with `--python PATH`; `soabi pythons` shows every way to get one")
}

/// How many threads this machine is good for.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
