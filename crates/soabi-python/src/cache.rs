//! Answers of interpreters, kept until the interpreter changes.
//!
//! One small file per interpreter, replaced as a whole. A file that cannot be read, or that another version
//! of the query script wrote, is no answer; a folder that cannot be written keeps none. Neither is an error:
//! the interpreter is asked again.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::query::SCRIPT;

/// A folder of answers, or none.
pub(crate) struct Cache<'a> {
    dir: Option<&'a Path>,
    query: String,
}

/// An answer, and what it is the answer of.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The hash of the script that was answered.
    query: String,
    /// The interpreter that answered.
    stamp: Stamp,
    answer: Answer,
}

/// One state of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    path: PathBuf,
    /// Seconds and nanoseconds of the last modification.
    modified: (i64, i64),
    size: u64,
}

impl Stamp {
    /// The present state of the file at `path`.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let modified = (metadata.mtime(), metadata.mtime_nsec());
        Ok(Self { path: path.to_owned(), modified, size: metadata.size() })
    }
}

impl<'a> Cache<'a> {
    pub(crate) fn new(dir: Option<&'a Path>) -> Self {
        Self { dir, query: hash(SCRIPT.as_bytes()) }
    }

    /// The answer that the interpreter gave in exactly this state.
    pub(crate) fn get(&self, stamp: &Stamp) -> Option<Answer> {
        let file = self.file(stamp)?;
        // A pipe in its place would wait for a writer, and a device never end.
        fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let entry: Entry = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        (entry.query == self.query && entry.stamp == *stamp).then_some(entry.answer)
    }

    /// Keeps `answer`, which the interpreter gave in the state `stamp`.
    pub(crate) fn put(&self, stamp: &Stamp, answer: &Answer) {
        let entry = Entry { query: self.query.clone(), stamp: stamp.clone(), answer: answer.clone() };
        if let (Some(dir), Some(file), Ok(text)) = (self.dir, self.file(stamp), serde_json::to_vec(&entry)) {
            // The next run asks again, which is all that is lost.
            let _ = replace(dir, &file, &text);
        }
    }

    fn file(&self, stamp: &Stamp) -> Option<PathBuf> {
        let name = hash(stamp.path.as_os_str().as_bytes());
        Some(self.dir?.join(format!("{}.json", &name[..16])))
    }
}

/// Writes `file` so that a reader sees the old text or the new one, and never a part.
fn replace(dir: &Path, file: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut new = tempfile::NamedTempFile::new_in(dir)?;
    new.write_all(text)?;
    new.persist(file)?;
    Ok(())
}

/// SHA-256 in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    soabi_core::hex(&Sha256::digest(bytes))
}
