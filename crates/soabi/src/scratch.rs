//! The folder of a run: removed when the run ends, however it ends.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::leftover;

/// What the name of every folder of a run begins with.
const PREFIX: &str = "soabi-run-";

/// The folders of this run, for the handler of signals.
static SCRATCHES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder for this run alone. It is removed when the value is dropped, when a signal ends the program and,
/// should it be killed, by the next run.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    /// The folder, locked as long as this program lives.
    _lock: File,
}

impl Scratch {
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is left to the next run.
        let _ = soabi_child::folder::remove(&self.folder);
        scratches().retain(|folder| *folder != self.folder);
    }
}

/// A folder for this run alone. What earlier runs left is removed first.
pub(crate) fn scratch() -> Result<Scratch, Error> {
    for left in leftover::find(&std::env::temp_dir(), PREFIX, "") {
        // Another user's cannot be removed.
        let _ = soabi_child::folder::remove(&left.path);
    }
    loop {
        let made = tempfile::Builder::new().prefix(PREFIX).tempdir().map_err(Error::Scratch)?;
        let opened = match File::open(made.path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened.map_err(Error::Scratch)?,
        };
        if leftover::claim(&opened, made.path()) {
            let folder = made.keep();
            scratches().push(folder.clone());
            return Ok(Scratch { folder, _lock: opened });
        }
    }
}

/// Removes the folders of this run. For the handler of signals, after which no other is made.
pub(crate) fn remove_scratches() {
    let folders = scratches();
    for folder in folders.iter() {
        let _ = soabi_child::folder::remove(folder);
    }
    std::mem::forget(folders);
}

fn scratches() -> MutexGuard<'static, Vec<PathBuf>> {
    SCRATCHES.lock().unwrap_or_else(PoisonError::into_inner)
}
