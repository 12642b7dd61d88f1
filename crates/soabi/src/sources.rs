//! What the arguments of an audit stand for: paths, patterns, releases by name, and what is audited where nothing is named.

use std::path::{Path, PathBuf};

use soabi_audit::inputs::expand;
use soabi_audit::releases::Against;
use soabi_audit::skipped::{Skipped, skipped};

use crate::cli::audit::AuditArgs;
use crate::error::Error;
use crate::output::view::View;
use crate::requirement::Requirement;
use crate::source_error::SourceError;

/// The folder that build tools write wheels to.
const DIST: &str = "dist";
/// The folder of a project's environment.
const VENV: &str = ".venv";

/// What an audit reads, and what it passes over.
pub(crate) struct Sources {
    /// Files and folders.
    pub(crate) paths: Vec<PathBuf>,
    /// Those of them that were fetched by name.
    pub(crate) fetched: Vec<PathBuf>,
    /// What lies beside them.
    pub(crate) skipped: Vec<Skipped>,
}

/// Finds out what the user means. Wheels that are named by a release are fetched.
pub(crate) fn sources(args: &AuditArgs, view: &View) -> Result<Sources, Error> {
    if args.paths.is_empty() {
        let path = unnamed()?;
        if !view.is_quiet() {
            anstream::eprintln!("auditing {} (no path was given)", path.display());
        }
        let skipped = skipped(std::slice::from_ref(&path));
        return Ok(Sources { paths: vec![path], fetched: Vec::new(), skipped });
    }
    let (mut paths, mut fetched) = (Vec::new(), Vec::new());
    for path in &args.paths {
        match release(path) {
            Some(wanted) => fetched.extend(fetch(&wanted, args.cache_dir.as_deref(), view)?),
            None => paths.extend(expand(std::slice::from_ref(path))),
        }
    }
    paths.extend(fetched.iter().cloned());
    let skipped = skipped(&paths);
    let is_sdist = |path: &PathBuf| skipped.iter().any(|skipped| skipped.path == *path);
    if !paths.is_empty() && paths.iter().all(is_sdist) {
        return Err(SourceError::SdistsOnly { path: paths.swap_remove(0) }.into());
    }
    Ok(Sources { paths, fetched, skipped })
}

/// The wheels of the release that the audited one is compared with.
pub(crate) fn against(args: &AuditArgs, view: &View) -> Result<Against, Error> {
    let Some(named) = &args.against else { return Ok(Against::default()) };
    let mut fetched = false;
    let wheels: Vec<PathBuf> = if named.is_dir() {
        let mut wheels: Vec<PathBuf> = std::fs::read_dir(named)
            .map_err(|source| Error::Read { path: named.clone(), source })?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        wheels.sort();
        wheels
    } else if let Some(wanted) = named.to_str().and_then(Requirement::parse).filter(|_| !named.exists()) {
        fetched = true;
        fetch(&wanted, args.cache_dir.as_deref(), view)?
    } else {
        expand(std::slice::from_ref(named))
    };
    let wheels: Vec<PathBuf> = wheels.into_iter().filter(|path| is_wheel(path)).collect();
    if wheels.is_empty() {
        return Err(SourceError::NoWheelIn { path: named.clone() }.into());
    }
    Ok(Against { wheels, fetched })
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl")
}

/// `NAME==VERSION`, where that is not the path of a file.
pub(crate) fn release(path: &Path) -> Option<Requirement> {
    let wanted = Requirement::parse(path.to_str()?)?;
    (wanted.version.is_some() && !path.exists()).then_some(wanted)
}

/// `dist/` if it holds a wheel, the active environment, the nearest `.venv`.
fn unnamed() -> Result<PathBuf, SourceError> {
    let mut built = std::fs::read_dir(DIST).into_iter().flatten().flatten();
    if built.any(|file| is_wheel(&file.path())) {
        return Ok(DIST.into());
    }
    let active = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from).filter(|folder| folder.is_dir());
    let here = std::env::current_dir().unwrap_or_default();
    let nearest = || {
        let is_environment = |folder: &PathBuf| folder.join("pyvenv.cfg").is_file();
        let mut folders = here.ancestors().map(|folder| folder.join(VENV));
        let found = folders.find(is_environment)?;
        // That of this folder is called by its short name.
        Some(if found.parent() == Some(&here) { VENV.into() } else { found })
    };
    active.or_else(nearest).ok_or(SourceError::Unnamed)
}

/// The wheels of a release, fetched into the cache where they are not in it.
#[cfg(run)]
pub(crate) fn fetch(wanted: &Requirement, cache: Option<&Path>, view: &View) -> Result<Vec<PathBuf>, Error> {
    let cache = crate::folders::cache(cache)?;
    Ok(crate::fetch::wheels(wanted, &cache, view)?)
}

/// The program that only audits starts no other.
#[cfg(not(run))]
pub(crate) fn fetch(wanted: &Requirement, _: Option<&Path>, _: &View) -> Result<Vec<PathBuf>, Error> {
    Err(Error::DoesNotRun { what: format!("to fetch {wanted} takes pip") })
}
