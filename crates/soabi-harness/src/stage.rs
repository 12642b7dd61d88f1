//! The stage: for every artifact and file name a folder that holds this one file and nothing else.
//!
//! The folder becomes `sys.path[0]` of an interpreter, which must not find anything of the user's there.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use soabi_core::{AbiTag, Artifact, FileName};

/// Folders of links to artifacts, under one root that the caller owns.
#[derive(Debug)]
pub struct Stage {
    root: PathBuf,
}

impl Stage {
    /// A stage under `root`, which must exist.
    pub fn new(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()? })
    }

    /// Puts the artifact of this number on the stage, under both of its names.
    pub fn put(&self, number: usize, artifact: &Artifact) -> io::Result<()> {
        let target = artifact.path.canonicalize()?;
        for file in [FileName::Tagged, FileName::Bare] {
            let folder = self.folder(number, file);
            fs::create_dir_all(&folder)?;
            symlink(&target, folder.join(file_name(artifact, file)))?;
        }
        Ok(())
    }

    /// A folder in which `python` and `python3` are the interpreter `executable`.
    pub fn programs(&self, id: AbiTag, executable: &Path) -> io::Result<PathBuf> {
        let folder = self.root.join("programs").join(id.to_string());
        fs::create_dir_all(&folder)?;
        for name in ["python", "python3"] {
            match symlink(executable, folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(folder)
    }

    /// The folder of the artifact of this number, under that name.
    pub fn folder(&self, number: usize, file: FileName) -> PathBuf {
        let name = if file == FileName::Bare { "bare" } else { "tagged" };
        self.root.join(number.to_string()).join(name)
    }
}

fn file_name(artifact: &Artifact, file: FileName) -> String {
    match file {
        FileName::Tagged => artifact.file_name.clone(),
        FileName::Bare => format!("{}.so", artifact.module),
    }
}
