//! A folder that foreign code may write to.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// An empty folder, which is removed with everything in it when the value is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new folder at `path`, of which only its owner has rights.
    pub fn new(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).recursive(true).create(path.parent().unwrap_or(&path))?;
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the folder of the whole run.
        let _ = remove(&self.0);
    }
}

/// Removes a folder, also where its permissions, or those of folders in it, were taken away.
pub fn remove(folder: &Path) -> io::Result<()> {
    // One that is gone already, or a link that was put in its place.
    let Ok(metadata) = fs::symlink_metadata(folder) else { return Ok(()) };
    if !metadata.is_dir() {
        return fs::remove_file(folder);
    }
    if fs::remove_dir_all(folder).is_ok() {
        return Ok(());
    }
    let mut unseen = vec![folder.to_owned()];
    while let Some(next) = unseen.pop() {
        fs::set_permissions(&next, Permissions::from_mode(0o700))?;
        let entries = fs::read_dir(&next)?.flatten();
        unseen.extend(
            entries
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.path()),
        );
    }
    fs::remove_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_removed_with_folders_that_cannot_be_entered() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let folder = Folder::new(path.clone()).unwrap();
        fs::create_dir_all(path.join("c/d")).unwrap();
        fs::write(path.join("c/d/e"), "").unwrap();
        fs::set_permissions(path.join("c"), Permissions::from_mode(0o000)).unwrap();
        drop(folder);
        assert!(!path.exists() && root.path().join("a").exists());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a");
        let folder = Folder::new(path.clone()).unwrap();
        fs::remove_dir(&path).unwrap();
        fs::create_dir(root.path().join("other")).unwrap();
        std::os::unix::fs::symlink(root.path().join("other"), &path).unwrap();
        drop(folder);
        assert!(fs::symlink_metadata(&path).is_err() && root.path().join("other").exists());
    }
}
