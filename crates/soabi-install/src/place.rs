//! The folders of installed interpreters. An interpreter appears in its folder as a whole or not at all.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use soabi_core::AbiTag;

use crate::error::InstallError;

/// soabi's own folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Interpreters, one per folder, which has the id for a name.
    pub pythons: PathBuf,
    /// Downloads, indexes of packages, tools: what can be downloaded again.
    pub cache: PathBuf,
    /// The root of the machine's own files: `/`.
    pub system: PathBuf,
}

impl Folders {
    /// Begins the installation of `id`, under a lock, and removes what an earlier one left.
    pub fn begin(&self, id: AbiTag) -> Result<Site, InstallError> {
        fs::create_dir_all(&self.pythons).map_err(InstallError::file(&self.pythons))?;
        let lock_file = self.pythons.join(format!(".{id}.lock"));
        let lock = File::create(&lock_file).map_err(InstallError::file(&lock_file))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(InstallError::Locked),
            Err(TryLockError::Error(error)) => return Err(InstallError::file(&lock_file)(error)),
        }
        self.forget(id);
        let partial = self.pythons.join(format!(".{id}.{}.partial", std::process::id()));
        clear(&partial)?;
        fs::create_dir(&partial).map_err(InstallError::file(&partial))?;
        Ok(Site { place: self.pythons.join(id.to_string()), partial, _lock: lock })
    }

    /// Removes what killed installations of `id` left. A program that one of them started may still write there; the
    /// next installation has another folder, and what cannot be removed now is removed later.
    fn forget(&self, id: AbiTag) {
        let prefix = format!(".{id}.");
        for entry in fs::read_dir(&self.pythons).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&prefix) && (name.ends_with(".partial") || name.ends_with(".rubbish")) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// One installation that is being made.
#[derive(Debug)]
pub struct Site {
    place: PathBuf,
    partial: PathBuf,
    /// The system gives the lock back when the file is closed, however this process ends.
    _lock: File,
}

impl Site {
    /// Where the interpreter will be. There may be one already.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Where it is made: a folder beside its place, empty at first. No search looks into it.
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// Puts `tree`, a folder in [`Site::partial`], into its place. This is the moment it is installed.
    pub fn finish(&self, tree: &Path) -> Result<(), InstallError> {
        clear(&self.place)?;
        fs::rename(tree, &self.place).map_err(InstallError::file(&self.place))
    }

    /// Removes what was put into its place.
    pub fn withdraw(&self) -> Result<(), InstallError> {
        clear(&self.place)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The next one does it, if this one cannot.
        let _ = clear(&self.partial);
    }
}

/// Removes a folder as a whole: it is renamed first, so that a half-removed one is never found either.
fn clear(folder: &Path) -> Result<(), InstallError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let rubbish = folder.with_file_name(format!(".{}.rubbish", name.trim_start_matches('.')));
    let absent_is_good = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    absent_is_good(fs::remove_dir_all(&rubbish)).map_err(InstallError::file(&rubbish))?;
    absent_is_good(fs::rename(folder, &rubbish)).map_err(InstallError::file(folder))?;
    absent_is_good(fs::remove_dir_all(&rubbish)).map_err(InstallError::file(&rubbish))
}
