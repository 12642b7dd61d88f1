//! The folder of a run: removed when the run ends, however it ends.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::error::Error;

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
    sweep(&std::env::temp_dir());
    let made = tempfile::Builder::new().prefix(PREFIX).tempdir().map_err(Error::Scratch)?;
    let lock = File::open(made.path()).map_err(Error::Scratch)?;
    // Where there are no locks, no run removes what another left.
    let _ = lock.try_lock();
    let folder = made.keep();
    scratches().push(folder.clone());
    Ok(Scratch { folder, _lock: lock })
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

/// Removes what runs that were killed left in `root`: folders that no process has locked.
fn sweep(root: &Path) {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        // Another user's cannot be removed, and a link is not a folder of ours.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_old = || entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(is_settled);
        if is_folder
            && is_old()
            && let Ok(folder) = File::open(entry.path())
            && folder.try_lock().is_ok()
        {
            let _ = soabi_child::folder::remove(&entry.path());
        }
    }
}

/// Whether a folder that was changed then has been locked by now, if it ever will be.
fn is_settled(changed: SystemTime) -> bool {
    changed.elapsed().is_ok_and(|age| age > Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_run_left_is_swept_and_what_a_live_one_has_is_not() {
        let root = tempfile::tempdir().unwrap();
        let [dead, live, new, other] = ["soabi-run-dead", "soabi-run-live", "soabi-run-new", "soabi-other"]
            .map(|name| root.path().join(name));
        let old = SystemTime::now() - Duration::from_secs(10);
        for folder in [&dead, &live, &new, &other] {
            std::fs::create_dir_all(folder.join("inner")).unwrap();
            if *folder != new {
                File::open(folder).unwrap().set_modified(old).unwrap();
            }
        }
        let lock = File::open(&live).unwrap();
        lock.try_lock().unwrap();
        sweep(root.path());
        assert_eq!([&dead, &live, &new, &other].map(|folder| folder.exists()), [false, true, true, true]);
        drop(lock);
        sweep(root.path());
        assert!(!live.exists());
    }
}
