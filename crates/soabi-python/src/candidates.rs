//! Files that may be interpreters, by name and place. Nothing is started here.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::interpreter::SearchPlace;
use soabi_core::Selector;

use crate::request::Request;

/// A file that may be an interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The file, as it was named or found.
    pub(crate) path: PathBuf,
    /// The same path for everybody who names the file: see [`identity`].
    pub(crate) identity: PathBuf,
    /// Where it was found.
    pub(crate) source: SearchPlace,
    /// The position of that place in the search.
    pub(crate) place: usize,
}

/// The files to ask for `request`, in the order of the search, each file once.
pub(crate) fn candidates(request: &Request) -> Vec<Candidate> {
    let mut places = named(request);
    if request.searches() {
        places.extend(searched(request));
    }
    let mut seen = HashSet::new();
    let mut candidates = Vec::new();
    for (place, (source, files)) in places.into_iter().enumerate() {
        for path in files {
            let identity = identity(&path);
            // Python 3.6 installs `python3.6` and `python3.6m` as two names of one file.
            let inode = fs::symlink_metadata(&identity).map(|metadata| (metadata.dev(), metadata.ino()));
            if inode.map_or(true, |inode| seen.insert(inode)) {
                candidates.push(Candidate { path, identity, source, place });
            }
        }
    }
    candidates
}

/// A place and the files in it.
type Place = (SearchPlace, Vec<PathBuf>);

/// The files that the request names.
fn named(request: &Request) -> Vec<Place> {
    let path = |selector: &Selector| match selector {
        Selector::Path(path) => Some((SearchPlace::Explicit, vec![path.clone()])),
        Selector::Id(_) | Selector::Versions(_) | Selector::Pypy(_) => None,
    };
    request.selection.iter().filter_map(path).collect()
}

/// The places of the environment, in the order of the search.
///
/// pyenv's own folders on `PATH` are not searched. A shim is a shell script that starts one of
/// `versions/*/bin`, so these stand in its place: asking twenty shims takes seconds, and an answer that
/// depends on the current folder cannot be kept.
fn searched(request: &Request) -> Vec<Place> {
    let environment = &request.environment;
    let mut places = Vec::new();
    let mut roots = Vec::new();
    // A relative entry of `PATH` would start whatever lies in the current folder.
    for dir in environment.path.iter().filter(|dir| dir.is_absolute()) {
        match pyenv_root(dir, environment.pyenv_root.as_deref()) {
            None => places.push((SearchPlace::Path, interpreters_in(dir))),
            Some(root) if roots.contains(&root) => {}
            Some(root) => {
                places.push((SearchPlace::Pyenv, installed_in(&root.join("versions"))));
                roots.push(root);
            }
        }
    }
    let pyenv = environment.pyenv_root.as_ref().filter(|root| !roots.contains(&root.as_path()));
    let folders = [
        (SearchPlace::Pyenv, pyenv.map(|root| root.join("versions"))),
        (SearchPlace::Uv, environment.uv_pythons.clone()),
        (SearchPlace::Manylinux, environment.manylinux_pythons.clone()),
        (SearchPlace::Soabi, request.own_pythons.clone()),
    ];
    let installed = |(source, folder): (SearchPlace, Option<PathBuf>)| Some((source, installed_in(&folder?)));
    places.extend(folders.into_iter().filter_map(installed));
    places
}

/// The root of the pyenv that the folder `dir` belongs to, known or seen by its shape.
fn pyenv_root<'a>(dir: &'a Path, known: Option<&'a Path>) -> Option<&'a Path> {
    let by_shape = || dir.parent().filter(|root| dir.ends_with("shims") && root.join("versions").is_dir());
    known.filter(|root| dir.starts_with(root) && !dir.starts_with(root.join("versions"))).or_else(by_shape)
}

/// The interpreters of installations that lie side by side in `folder`, each with its own `bin`. Packages
/// that soabi unpacked have it in `usr`.
fn installed_in(folder: &Path) -> Vec<PathBuf> {
    let installations = entries(folder).into_iter().filter(|name| !name.starts_with('.'));
    let bins =
        installations.flat_map(|name| [folder.join(&name).join("bin"), folder.join(&name).join("usr/bin")]);
    bins.flat_map(|bin| interpreters_in(&bin)).collect()
}

/// The files of `dir` that are called as interpreters are. A folder that is called `python` is not one.
fn interpreters_in(dir: &Path) -> Vec<PathBuf> {
    let names = entries(dir).into_iter().filter(|name| is_interpreter_name(name));
    names.map(|name| dir.join(name)).filter(|file| !file.is_dir()).collect()
}

/// The names in `dir`, sorted. None for a folder that cannot be read.
fn entries(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Whether `name` is one that interpreters have: `python`, `python3`, `python3.11`, `python3.6m`,
/// `python3.13td`, `python3.11-dbg` (Debian), `pypy3.11`.
fn is_interpreter_name(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy")) else {
        return false;
    };
    let rest = rest.strip_suffix("-dbg").unwrap_or(rest);
    let version = rest.trim_end_matches(['t', 'd', 'm', 'u']);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match version.split_once('.') {
        Some((major, minor)) => digits(major) && digits(minor),
        None => rest.is_empty() || digits(rest),
    }
}

/// The path that stands for `path`, whatever it was called: links are followed, so that `python`, `python3`
/// and `python3.11` are one file, and a virtual environment is the interpreter it was made from.
///
/// A link to a program that is not called as an interpreter is a multiplexer's, which goes by the link's own
/// name: it stands for itself.
fn identity(path: &Path) -> PathBuf {
    let Ok(real) = path.canonicalize() else {
        return path.to_owned();
    };
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("python") || name.starts_with("pypy") {
        return real;
    }
    let folder = path.parent().and_then(|parent| parent.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => real,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    fn names_of_interpreters(
        #[values(
            "python",
            "python2",
            "python3",
            "python2.7",
            "python3.6m",
            "python3.9",
            "python3.13t",
            "python3.13td",
            "python3-dbg",
            "python3.11-dbg",
            "pypy",
            "pypy3",
            "pypy3.11"
        )]
        name: &str,
    ) {
        assert!(is_interpreter_name(name));
    }

    #[rstest]
    fn names_of_other_programs(
        #[values(
            "",
            "py",
            "python-config",
            "python3-config",
            "python3.11-config",
            "python3.",
            "python3.11-gdb.py",
            "pythonw",
            "python.sh",
            "pythontm",
            "ipython",
            "python3.11.7"
        )]
        name: &str,
    ) {
        assert!(!is_interpreter_name(name));
    }
}
