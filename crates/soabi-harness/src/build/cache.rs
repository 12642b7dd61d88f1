//! The cache of built specimens: one folder per key, with one file below the SHA-256 of its content.
//!
//! ```text
//! specimens/<key>/<sha256>/<file name>    a finished build; appears at once and as a whole, by a rename
//! building/<number>/                      builds that go on, and entries that are removed; locked by their process
//! cargo/<folder>/                         sources and target folder of what cargo builds
//! ```
//!
//! An entry is used only if its file has the content that its path says, and is built again otherwise. Entries that
//! have not been used for a month are removed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use soabi_child::folder::{self, Folder};
use soabi_core::hex;

use super::not_built::NotBuilt;

const DAY: Duration = Duration::from_hours(24);

/// After this time, a folder in `building/` that no process has locked was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(2);

/// After this time without a use, an entry is removed.
const UNUSED: Duration = Duration::from_hours(30 * 24);

/// A hash of everything that a build depends on.
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
        Self(hex(&hash.finalize()[..16]))
    }
}

/// The cache cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("could not use `{}` as a cache", .path.display())]
pub struct CacheError {
    /// The folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
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

    /// The folder of an entry, whether or not there is one.
    pub(super) fn entry(&self, key: &Key) -> PathBuf {
        self.root.join("specimens").join(&key.0)
    }

    /// The file of a finished build, if there is one and it has its original content. This counts as a use.
    pub(super) fn find(&self, key: &Key, file_name: &str) -> Option<PathBuf> {
        let entry = self.entry(key);
        let folders = fs::read_dir(&entry).ok()?.flatten();
        let file = folders.map(|folder| folder.path().join(file_name)).find(|file| is_sound(file))?;
        touch(&entry);
        Some(file)
    }

    /// An empty folder for one build, removed with the value.
    pub(super) fn scratch(&self) -> Result<Scratch, NotBuilt> {
        let folder = self.root.join("building");
        Scratch::new(&folder).map_err(NotBuilt::io("create a folder in", &folder))
    }

    /// Makes a copy of `product` the finished build of `key`, and returns its path. If another process has published
    /// one meanwhile, that one stays.
    pub(super) fn publish(&self, key: &Key, file_name: &str, product: &Path) -> Result<PathBuf, NotBuilt> {
        let content = fs::read(product).map_err(NotBuilt::io("read", product))?;
        let digest = hex(&Sha256::digest(&content));
        let staged = self.scratch()?;
        let folder = staged.path().join(&digest);
        let write = || -> io::Result<()> {
            fs::create_dir(&folder)?;
            let mut file = File::create(folder.join(file_name))?;
            io::Write::write_all(&mut file, &content)?;
            file.set_permissions(fs::metadata(product)?.permissions())?;
            // The entry must not appear before its content is on the disk.
            file.sync_all()?;
            File::open(&folder)?.sync_all()
        };
        write().map_err(NotBuilt::io("write", &folder))?;

        let entry = self.entry(key);
        if fs::rename(staged.path(), &entry).is_err() {
            if let Some(file) = self.find(key, file_name) {
                return Ok(file);
            }
            self.remove(&entry)?;
            if let Err(error) = fs::rename(staged.path(), &entry) {
                return self.find(key, file_name).ok_or_else(|| NotBuilt::io("write", &entry)(error));
            }
        }
        // A rename that is lost in a power cut costs one build.
        let _ = File::open(self.root.join("specimens")).and_then(|folder| folder.sync_all());
        Ok(entry.join(digest).join(file_name))
    }

    /// Removes an entry, whatever it is, as a whole.
    fn remove(&self, entry: &Path) -> Result<(), NotBuilt> {
        let scratch = self.scratch()?;
        match fs::rename(entry, scratch.path().join("removed")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(NotBuilt::io("remove", entry)(error))
            }
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

    /// Removes what killed processes left behind, and entries that have not been used for long.
    pub(super) fn sweep(&self) {
        // Another process may be sweeping too; a folder that cannot be removed now is removed by a later run.
        for path in older_than(&self.root.join("building"), ABANDONED) {
            if File::open(&path).is_ok_and(|folder| folder.try_lock().is_ok()) {
                let _ = folder::remove(&path);
            }
        }
        for entry in older_than(&self.root.join("specimens"), UNUSED) {
            let _ = self.remove(&entry);
        }
    }
}

/// A folder below `building/`, removed with the value and, should its process be killed, by the next build.
pub(super) struct Scratch {
    folder: Folder,
    /// The folder, locked as long as this value lives.
    _lock: File,
}

impl Scratch {
    fn new(parent: &Path) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            match Folder::new(parent.join(format!("{}-{number}", std::process::id()))) {
                // Of a killed process that had the same number, or of one in another PID namespace.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(folder) => {
                    let lock = File::open(folder.path())?;
                    // Where there are no locks, nothing is swept.
                    let _ = lock.lock();
                    return Ok(Self { folder, _lock: lock });
                }
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Whether the file has the content that the folder it is in is called by.
fn is_sound(file: &Path) -> bool {
    let digest = file.parent().and_then(Path::file_name);
    let is_file = fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file());
    is_file && fs::read(file).is_ok_and(|content| digest == Some(hex(&Sha256::digest(content)).as_ref()))
}

/// Marks an entry as used. Once a day is enough; where it fails, the entry is built again in a month.
fn touch(entry: &Path) {
    if is_older_than(entry, DAY) {
        let _ = File::open(entry).and_then(|folder| folder.set_modified(SystemTime::now()));
    }
}

fn older_than(folder: &Path, age: Duration) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(move |path| is_older_than(path, age))
}

fn is_older_than(path: &Path, age: Duration) -> bool {
    let changed = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
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
    use rstest::rstest;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        assert_ne!(Key::of(["ab", "c"]), Key::of(["a", "bc"]));
        assert_ne!(Key::of(["a"]), Key::of(["a", ""]));
        assert_eq!(Key::of(["a", "b"]), Key::of(["a", "b"]));
    }

    /// A cache with one entry, and the file to publish.
    fn one_entry() -> (TempDir, Cache, Key, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(root.path()).unwrap();
        let (key, product) = (Key::of(["key"]), root.path().join("product"));
        fs::write(&product, "first").unwrap();
        let file = cache.publish(&key, "spam.so", &product).unwrap();
        assert_eq!(cache.find(&key, "spam.so"), Some(file));
        (root, cache, key, product)
    }

    fn is_empty(folder: &Path) -> bool {
        fs::read_dir(folder).unwrap().next().is_none()
    }

    #[test]
    fn the_first_to_publish_wins() {
        let (root, cache, key, product) = one_entry();
        fs::write(&product, "second").unwrap();
        let file = cache.publish(&key, "spam.so", &product).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        assert_eq!(cache.find(&key, "spam.so"), Some(file));
        assert!(is_empty(&root.path().join("building")));
    }

    #[test]
    fn a_missing_product_leaves_no_entry() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(root.path()).unwrap();
        let key = Key::of(["key"]);
        cache.publish(&key, "spam.so", &root.path().join("nothing")).unwrap_err();
        assert!(is_empty(&root.path().join("specimens")));
    }

    /// What can happen to an entry: it is not used, and publishing replaces it.
    #[rstest]
    #[case::truncated(|file: &Path| fs::write(file, "fir"))]
    #[case::emptied(|file: &Path| fs::write(file, ""))]
    #[case::overwritten(|file: &Path| fs::write(file, "FIRST"))]
    #[case::removed(|file: &Path| fs::remove_file(file))]
    #[case::a_folder_in_its_place(|file: &Path| fs::remove_file(file).and_then(|()| fs::create_dir(file)))]
    #[case::a_link_in_its_place(|file: &Path| {
        fs::rename(file, file.with_extension("moved"))
            .and_then(|()| std::os::unix::fs::symlink(file.with_extension("moved"), file))
    })]
    #[case::a_file_for_its_folder(|file: &Path| {
        let entry = file.ancestors().nth(2).unwrap();
        fs::remove_dir_all(entry).and_then(|()| fs::write(entry, "first"))
    })]
    #[case::an_empty_entry(|file: &Path| fs::remove_dir_all(file.parent().unwrap()))]
    fn damaged_entries(#[case] damage: fn(&Path) -> io::Result<()>) {
        let (root, cache, key, product) = one_entry();
        damage(&cache.find(&key, "spam.so").unwrap()).unwrap();
        assert_eq!(cache.find(&key, "spam.so"), None);
        let file = cache.publish(&key, "spam.so", &product).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        assert_eq!(cache.find(&key, "spam.so"), Some(file));
        assert!(is_empty(&root.path().join("building")));
    }

    #[test]
    fn what_a_killed_build_left_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(root.path()).unwrap();
        let [live, new] = [cache.scratch().unwrap(), cache.scratch().unwrap()];
        let dead = root.path().join("building/1-1");
        fs::create_dir(&dead).unwrap();
        fs::create_dir(dead.join("closed")).unwrap();
        fs::write(dead.join("closed/spam.o"), "").unwrap();
        fs::set_permissions(dead.join("closed"), std::os::unix::fs::PermissionsExt::from_mode(0o000))
            .unwrap();
        let left = root.path().join("building/1-2");
        fs::create_dir(&left).unwrap();
        let old = SystemTime::now().checked_sub(ABANDONED * 2).unwrap();
        for folder in [live.path(), &dead] {
            File::open(folder).unwrap().set_modified(old).unwrap();
        }
        cache.sweep();
        assert!(live.path().exists() && new.path().exists() && left.exists());
        assert!(!dead.exists());
        drop((live, new));
        File::open(&left).unwrap().set_modified(old).unwrap();
        cache.sweep();
        assert!(is_empty(&root.path().join("building")));
    }

    #[test]
    fn unused_entries_are_removed() {
        let (_root, cache, key, _) = one_entry();
        let set_age = |age: Duration| {
            let time = SystemTime::now().checked_sub(age).unwrap();
            File::open(cache.entry(&key)).unwrap().set_modified(time).unwrap();
        };
        set_age(UNUSED.saturating_sub(DAY / 2));
        cache.sweep();
        assert!(cache.find(&key, "spam.so").is_some());
        assert!(!is_older_than(&cache.entry(&key), DAY), "a use is noted");
        set_age(UNUSED + DAY / 2);
        cache.sweep();
        assert_eq!(cache.find(&key, "spam.so"), None);
        assert!(!cache.entry(&key).exists());
    }
}
