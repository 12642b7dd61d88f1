//! What is kept in a folder of the cache: entries, how large they are, when they were used last.
//!
//! An entry is a file or a folder directly below the folder of its kind. Whoever makes entries also finds that one is
//! missing or damaged, and makes it again, so that any entry can be removed at any time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Something in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its size in bytes; of a folder that of all that is in it.
    pub(crate) size: u64,
    /// When it was last used, as far as its time of modification says.
    pub(crate) used: SystemTime,
}

/// What was removed.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    /// How many entries.
    pub(crate) entries: usize,
    /// How many bytes.
    pub(crate) bytes: u64,
    /// What could not be removed, and why.
    pub(crate) failed: Vec<(PathBuf, String)>,
}

impl Removed {
    /// Removes an entry. One that has gone meanwhile is no failure.
    pub(crate) fn remove(&mut self, entry: &Entry) {
        let is_folder = fs::symlink_metadata(&entry.path).is_ok_and(|metadata| metadata.is_dir());
        let result = if is_folder { fs::remove_dir_all(&entry.path) } else { fs::remove_file(&entry.path) };
        match result {
            Ok(()) => {
                self.entries += 1;
                self.bytes += entry.size;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.failed.push((entry.path.clone(), error.to_string())),
        }
    }
}

/// The entries directly below `folder`, which need not exist. Links are entries and are not followed.
pub(crate) fn entries(folder: &Path) -> Vec<Entry> {
    let listed = fs::read_dir(folder).into_iter().flatten().flatten();
    let entry = |listed: fs::DirEntry| {
        let metadata = fs::symlink_metadata(listed.path()).ok()?;
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Some(Entry { size: size(&listed.path()), path: listed.path(), used })
    };
    listed.filter_map(entry).collect()
}

fn size(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() {
        return metadata.len();
    }
    fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum()
}

/// Removes what was not used for `age` before `now`, and then the oldest until no more than `most` bytes are left.
pub(crate) fn prune(mut entries: Vec<Entry>, now: SystemTime, age: Duration, most: u64) -> Removed {
    entries.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
    let mut left: u64 = entries.iter().map(|entry| entry.size).sum();
    let mut removed = Removed::default();
    for entry in &entries {
        let is_old = now.duration_since(entry.used).is_ok_and(|unused| unused > age);
        if is_old || left > most {
            removed.remove(entry);
            left -= entry.size;
        }
    }
    removed
}

/// After this time without a use, what is remembered of a wheel is removed.
const UNUSED: Duration = Duration::from_hours(30 * 24);
/// The most bytes that are remembered of wheels: some ten thousand of them.
const MOST: u64 = 512 << 20;
/// The file whose time of modification says when a folder was pruned last.
const PRUNED: &str = ".pruned";

/// Prunes a folder, if a day has gone by since the last time. A folder that cannot be written stays as it is.
pub(crate) fn prune_daily(folder: &Path) {
    let now = SystemTime::now();
    let mark = folder.join(PRUNED);
    let last = fs::metadata(&mark).and_then(|metadata| metadata.modified());
    let is_recent =
        |last: &SystemTime| now.duration_since(*last).is_ok_and(|age| age < Duration::from_hours(24));
    if !folder.is_dir() || last.is_ok_and(|last| is_recent(&last)) || fs::write(&mark, "").is_err() {
        return;
    }
    let mut entries = entries(folder);
    entries.retain(|entry| entry.path != mark);
    prune(entries, now, UNUSED, MOST);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Entries of 10 bytes each, last used 0, 1, 2, ... days ago.
    fn folder(days: u64) -> (tempfile::TempDir, SystemTime) {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for day in 0..days {
            let path = folder.path().join(day.to_string());
            fs::write(&path, [0; 10]).unwrap();
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_modified(now - Duration::from_hours(24 * day)).unwrap();
        }
        (folder, now)
    }

    #[rstest]
    #[case::all_stay(5, 100, &[0, 1, 2, 3, 4])]
    #[case::at_the_age(2, 100, &[0, 1, 2])]
    #[case::at_the_size(9, 30, &[0, 1, 2])]
    #[case::below_the_size(9, 29, &[0, 1])]
    #[case::none_stays(9, 0, &[])]
    fn what_is_pruned(#[case] days: u64, #[case] most: u64, #[case] left: &[u64]) {
        let (folder, now) = folder(5);
        let removed = prune(entries(folder.path()), now, Duration::from_hours(24 * days), most);
        let mut names: Vec<u64> = entries(folder.path())
            .iter()
            .map(|entry| entry.path.file_name().unwrap().to_str().unwrap().parse().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, left);
        assert_eq!((removed.entries, removed.bytes), (5 - left.len(), 10 * (5 - left.len() as u64)));
    }

    #[test]
    fn folders_count_as_a_whole_and_links_are_not_followed() {
        let (kept, _) = folder(3);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("wheel/inner")).unwrap();
        fs::write(folder.path().join("wheel/inner/file"), [0; 7]).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(kept.path(), folder.path().join("link")).unwrap();
        let all = entries(folder.path());
        assert!(all.iter().any(|entry| entry.size == 7), "{all:?}");
        let mut removed = Removed::default();
        for entry in &all {
            removed.remove(entry);
        }
        assert_eq!((removed.entries, removed.failed.len()), (all.len(), 0));
        assert_eq!(entries(kept.path()).len(), 3);
        removed.remove(&all[0]);
        assert_eq!(removed.failed.len(), 0, "what has gone is no failure");
    }

    #[test]
    fn once_a_day() {
        let (folder, now) = folder(40);
        prune_daily(folder.path());
        // The mark is one more.
        assert_eq!(entries(folder.path()).len(), 30 + 1);
        let set = |name: &str, time: SystemTime| {
            let file = fs::OpenOptions::new().write(true).open(folder.path().join(name)).unwrap();
            file.set_modified(time).unwrap();
        };
        let day = Duration::from_hours(24);
        set("1", now - day * 50);
        prune_daily(folder.path());
        assert_eq!(entries(folder.path()).len(), 30 + 1);
        set(PRUNED, now - day);
        prune_daily(folder.path());
        assert_eq!(entries(folder.path()).len(), 29 + 1);
        prune_daily(Path::new("no-such-folder"));
    }

    #[test]
    fn no_folder_has_no_entries() {
        assert_eq!(entries(Path::new("no-such-folder")), []);
    }
}
