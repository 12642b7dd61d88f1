//! The stage: for every artifact and file name a folder that holds this one file and nothing else.
//!
//! The folder becomes `sys.path[0]` of an interpreter, which must not find anything of the user's there.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};

use soabi_core::{Artifact, FileName};
use soabi_python::Interpreter;

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

    /// A folder in which `python` and `python3` are the interpreter `python`.
    pub fn programs(&self, python: &Interpreter) -> io::Result<PathBuf> {
        let folder = self.root.join("programs").join(python.id.to_string());
        fs::create_dir_all(&folder)?;
        for name in ["python", "python3"] {
            let place = folder.join(name);
            let made = match &python.emulator {
                None => symlink(&python.executable, &place),
                Some(_) if place.exists() => Ok(()),
                Some(_) => script(&place, python),
            };
            match made {
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

/// A program that starts the interpreter `python` with its own arguments.
fn script(place: &Path, python: &Interpreter) -> io::Result<()> {
    let (program, args) = python.command();
    let words = std::iter::once(program.as_os_str()).chain(args.iter().map(OsString::as_os_str));
    let words = shlex::bytes::try_join(words.map(OsStr::as_bytes)).map_err(io::Error::other)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(place)?;
    file.write_all(&[b"#!/bin/sh\nexec ", words.as_slice(), b" \"$@\"\n"].concat())
}

fn file_name(artifact: &Artifact, file: FileName) -> String {
    match file {
        FileName::Tagged => artifact.file_name.clone(),
        FileName::Bare => format!("{}.so", artifact.module),
    }
}
