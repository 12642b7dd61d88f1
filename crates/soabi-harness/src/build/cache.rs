//! The cache of built specimens: one folder per key, with one file in it.
//!
//! ```text
//! specimens/<key>/<file name>    a finished build; appears at once and as a whole, by a rename
//! building/<random>/             where builds go on; of no meaning to anybody else
//! cargo/<folder>/                sources and target folder of what cargo builds
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::CacheError;
use super::not_built::NotBuilt;

/// After this time, what a killed process left in `building/` is swept away.
const STALE: Duration = Duration::from_hours(24);

/// What a build depends on, as a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(String);

impl Key {
    /// The key of these parts, in this order.
    pub(super) fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            let part = part.as_ref();
            // The length keeps "ab", "c" apart from "a", "bc".
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let bytes = hash.finalize();
        let digits = bytes[..16].iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        Self(digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect())
    }
}

/// The cache.
#[derive(Debug)]
pub(super) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache below `root`, which is created.
    pub(super) fn open(root: &Path) -> Result<Self, CacheError> {
        let create = || {
            for folder in ["specimens", "building", "cargo"] {
                fs::create_dir_all(root.join(folder))?;
            }
            root.canonicalize()
        };
        let root = create().map_err(|source| CacheError { path: root.to_owned(), source })?;
        Ok(Self { root })
    }

    /// The folder of the cache, as an absolute path.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the file of a finished build is, or will be.
    pub(super) fn path(&self, key: &Key, file_name: &str) -> PathBuf {
        self.root.join("specimens").join(&key.0).join(file_name)
    }

    /// An empty folder for one build, removed with the value.
    pub(super) fn scratch(&self) -> Result<TempDir, NotBuilt> {
        let folder = self.root.join("building");
        tempfile::tempdir_in(&folder).map_err(NotBuilt::io("create a folder in", &folder))
    }

    /// Makes a copy of `product` the finished build of `key`. Whoever else built the same was as good.
    pub(super) fn publish(&self, key: &Key, file_name: &str, product: &Path) -> Result<(), NotBuilt> {
        let staged = self.scratch()?;
        fs::copy(product, staged.path().join(file_name)).map_err(NotBuilt::io("copy", product))?;
        let entry = self.root.join("specimens").join(&key.0);
        match fs::rename(staged.path(), &entry) {
            Err(error) if !entry.join(file_name).is_file() => Err(NotBuilt::io("write", &entry)(error)),
            _ => Ok(()),
        }
    }

    /// The folder that cargo builds in, for one process at a time: the second waits here for the first.
    pub(super) fn workshop(&self, folder: &str) -> Result<Workshop, NotBuilt> {
        let path = cargo_folder(&self.root, folder);
        fs::create_dir_all(&path).map_err(NotBuilt::io("create", &path))?;
        let lock_file = path.join(".lock");
        let lock = File::create(&lock_file).and_then(|file| file.lock().map(|()| file));
        let lock = lock.map_err(NotBuilt::io("lock", &lock_file))?;
        Ok(Workshop { path, _lock: lock })
    }

    /// Removes what processes that were killed long ago left behind.
    pub(super) fn sweep(&self) {
        let Ok(folders) = fs::read_dir(self.root.join("building")) else { return };
        for folder in folders.flatten() {
            let changed = folder.metadata().and_then(|metadata| metadata.modified());
            if changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STALE)) {
                // Somebody else may be sweeping too.
                let _ = fs::remove_dir_all(folder.path());
            }
        }
    }
}

/// Where cargo builds the specimens of a crate.
pub(super) fn cargo_folder(cache: &Path, folder: &str) -> PathBuf {
    cache.join("cargo").join(folder)
}

/// A folder that outlives the build, held by this process alone.
pub(super) struct Workshop {
    pub(super) path: PathBuf,
    _lock: File,
}

/// Writes a file, and the folders above it. A file that has the content already is not touched: cargo goes by
/// the time of the last change.
pub(super) fn write(path: &Path, text: &str) -> Result<(), NotBuilt> {
    let write = || -> io::Result<()> {
        if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    };
    write().map_err(NotBuilt::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        assert_ne!(Key::of(["ab", "c"]), Key::of(["a", "bc"]));
        assert_ne!(Key::of(["a"]), Key::of(["a", ""]));
        assert_eq!(Key::of(["a", "b"]), Key::of(["a", "b"]));
    }

    #[test]
    fn the_first_to_publish_wins_and_the_second_is_content() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(root.path()).unwrap();
        let key = Key::of(["key"]);
        let product = root.path().join("product");
        for content in ["first", "second"] {
            fs::write(&product, content).unwrap();
            cache.publish(&key, "spam.so", &product).unwrap();
            assert_eq!(fs::read_to_string(cache.path(&key, "spam.so")).unwrap(), "first");
        }
        assert_eq!(fs::read_dir(root.path().join("building")).unwrap().count(), 0);
    }

    #[test]
    fn a_product_that_is_not_there_leaves_no_entry() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(root.path()).unwrap();
        let key = Key::of(["key"]);
        cache.publish(&key, "spam.so", &root.path().join("nothing")).unwrap_err();
        assert_eq!(fs::read_dir(root.path().join("specimens")).unwrap().count(), 0);
    }
}
