//! The interpreters of this machine, as commands ask for them.

use std::collections::BTreeSet;

use soabi_core::AbiTag;
use soabi_python::{Discovery, Environment, Interpreter, Manifest, Request, discover, manifests};

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
