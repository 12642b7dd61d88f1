//! What runs that were killed left behind, told apart from what a run is using.
//!
//! A run locks the temporary files and folders that it makes, and the lock ends with its process. Who removes one holds
//! its lock meanwhile. So between making one and locking it nothing can go wrong: either it is locked first, or it is
//! gone, and its maker makes another.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Something that no process uses. It is locked as long as this value lives.
#[derive(Debug)]
pub(crate) struct Leftover {
    pub(crate) path: PathBuf,
    _lock: File,
}

/// The files and folders in `folder` whose names begin and end so, and that no process uses. Links are never among
/// them.
pub(crate) fn find(folder: &Path, prefix: &str, suffix: &str) -> Vec<Leftover> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && name.ends_with(suffix)
    });
    named.filter_map(|entry| take(entry.path())).collect()
}

fn take(path: PathBuf) -> Option<Leftover> {
    let metadata = fs::symlink_metadata(&path).ok()?;
    let lock = (metadata.is_dir() || metadata.is_file()).then(|| File::open(&path).ok())??;
    lock.try_lock().ok()?;
    Some(Leftover { path, _lock: lock })
}

/// Locks what this process has just made at `path`, until it is closed. False: another run was faster and has removed
/// it.
pub(crate) fn claim(made: &File, path: &Path) -> bool {
    // Where there are no locks, no run removes what another left.
    let _ = made.lock();
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_run_left_is_found_and_what_a_live_one_has_is_not() {
        let root = tempfile::tempdir().unwrap();
        let [dead, live, other] =
            ["a-dead.tmp", "a-live.tmp", "b-other.tmp"].map(|name| root.path().join(name));
        for file in [&dead, &live, &other] {
            fs::write(file, "").unwrap();
        }
        let folder = root.path().join("a-folder.tmp");
        fs::create_dir(&folder).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, root.path().join("a-link.tmp")).unwrap();

        let found = || {
            let found = find(root.path(), "a-", ".tmp");
            let mut found: Vec<_> = found.into_iter().map(|left| left.path).collect();
            found.sort();
            found
        };
        let lock = File::open(&live).unwrap();
        assert!(claim(&lock, &live));
        assert_eq!(found(), [dead.clone(), folder.clone()]);
        drop(lock);
        assert_eq!(found(), [dead, folder, live]);
        assert!(find(&root.path().join("absent"), "", "").is_empty());
    }

    /// One run makes a file, another takes it before it is locked.
    #[test]
    fn what_was_removed_before_it_was_locked_is_not_used() {
        let root = tempfile::tempdir().unwrap();
        let made = root.path().join("a.tmp");
        let file = File::create(&made).unwrap();
        let left = find(root.path(), "a", ".tmp");
        assert_eq!(left.len(), 1);
        assert!(find(root.path(), "a", ".tmp").is_empty(), "it is removed once");
        fs::remove_file(&left[0].path).unwrap();
        drop(left);
        assert!(!claim(&file, &made));
    }
}
