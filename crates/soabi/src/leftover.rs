//! What runs that were killed left behind, told apart from what a run is using.
//!
//! A run locks the temporary files and folders that it makes, and the lock ends with its process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The files and folders in `folder` whose names begin and end so, and that no process uses. Links are never among
/// them.
pub(crate) fn find(folder: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && name.ends_with(suffix)
    });
    named.map(|entry| entry.path()).filter(|path| is_abandoned(path)).collect()
}

fn is_abandoned(path: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    (metadata.is_dir() || metadata.is_file())
        && metadata.modified().is_ok_and(is_settled)
        && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Whether what was changed then has been locked by now, if it ever will be.
fn is_settled(changed: SystemTime) -> bool {
    changed.elapsed().is_ok_and(|age| age > Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_run_left_is_found_and_what_a_live_one_has_is_not() {
        let root = tempfile::tempdir().unwrap();
        let [dead, live, new, other] =
            ["a-dead.tmp", "a-live.tmp", "a-new.tmp", "b-other.tmp"].map(|name| root.path().join(name));
        let old = SystemTime::now() - Duration::from_secs(10);
        for file in [&dead, &live, &new, &other] {
            fs::write(file, "").unwrap();
            if *file != new {
                File::options().append(true).open(file).unwrap().set_modified(old).unwrap();
            }
        }
        let folder = root.path().join("a-folder.tmp");
        fs::create_dir(&folder).unwrap();
        File::open(&folder).unwrap().set_modified(old).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, root.path().join("a-link.tmp")).unwrap();

        let found = || {
            let mut found = find(root.path(), "a-", ".tmp");
            found.sort();
            found
        };
        let lock = File::open(&live).unwrap();
        lock.try_lock().unwrap();
        assert_eq!(found(), [dead.clone(), folder.clone()]);
        drop(lock);
        assert_eq!(found(), [dead, folder, live]);
        assert!(find(&root.path().join("absent"), "", "").is_empty());
    }
}
