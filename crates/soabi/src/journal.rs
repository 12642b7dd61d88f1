//! Journals on disk: what a run has finished, so that `--resume` continues it after it was killed.
//!
//! A journal is a file below the cache folder, named after its run, and locked while the run lasts: two runs that are the
//! same share none, and the second has no journal. Lines are appended with one write each. A run that ends by itself
//! removes its journal.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use soabi_report::journal::{JournalError, Line, RunId, read};

use crate::error::Error;

/// The journal of a run.
pub(crate) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

impl Journal {
    /// The journal of `run` in the cache folder `cache`, and what an interrupted run with the same id finished, if
    /// it is to be continued. `None` while the same run goes on elsewhere.
    pub(crate) fn open<T: Serialize + DeserializeOwned>(
        cache: &Path,
        run: &RunId,
        resume: bool,
    ) -> Result<Option<(Self, Vec<T>)>, Error> {
        let folder = cache.join("journals");
        let path = folder.join(&run.digest).with_extension("jsonl");
        let error = |source| Error::Journal { path: path.clone(), source };
        fs::create_dir_all(&folder).map_err(error)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if resume => return Err(Error::SameRun { path }),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(source)) => return Err(error(source)),
        }
        let mut done = Vec::new();
        let mut length = 0;
        if resume {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(error)?;
            match read::<T>(&bytes, run) {
                Ok(contents) => (done, length) = (contents.done, contents.length),
                // Nothing was interrupted: the run begins.
                Err(JournalError::NoRun) => {}
                Err(why) => return Err(error(io::Error::other(why))),
            }
        }
        file.set_len(length as u64).map_err(error)?;
        file.seek(SeekFrom::End(0)).map_err(error)?;
        let journal = Self { file: Mutex::new(file), path };
        if length == 0 {
            journal.append(&Line::<T>::Run(run.clone()))?;
        }
        Ok(Some((journal, done)))
    }

    /// Appends something that finished.
    pub(crate) fn done<T: Serialize>(&self, item: T) -> Result<(), Error> {
        self.append(&Line::Done(item))
    }

    fn append<T: Serialize>(&self, line: &Line<T>) -> Result<(), Error> {
        let error = |source| Error::Journal { path: self.path.clone(), source };
        let text = line.to_text().map_err(|source| error(source.into()))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes()).map_err(error)
    }

    /// Removes the journal of a run that came to its end.
    pub(crate) fn finish(self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|source| Error::Journal { path: self.path, source })
    }
}
