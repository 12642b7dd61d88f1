//! Folders of distributions that the user's own uv or pip installs for an interpreter, kept in the cache. Only wheels are
//! taken: to build anything else is to run it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};
use soabi_core::{Foreign, PyVersion};
use soabi_python::Interpreter;
use tempfile::TempDir;

use crate::error::Error;
use crate::leftover;

/// What an installer may take for one interpreter.
const LIMIT: Duration = Duration::from_mins(15);

/// The first version that uv installs for.
const FIRST_OF_UV: PyVersion = PyVersion::new(3, 8);

/// What the name of every folder that is being made begins with.
const MAKING: &str = "making-";

/// The installers of the user.
pub(crate) struct Installers {
    has_uv: bool,
}

/// What is to be installed for an interpreter.
pub(crate) struct Wanted<'a> {
    /// The lines of a file of requirements.
    pub(crate) requirements: &'a str,
    /// The same for the user.
    pub(crate) said: &'a str,
    /// Whether the lines are all there is to install, each with the hashes that it may have.
    pub(crate) locked: bool,
}

impl Installers {
    /// Those on this machine.
    pub(crate) fn of_process() -> Self {
        let version = Command::new("uv").arg("--version").output();
        Self { has_uv: version.is_ok_and(|output| output.status.success()) }
    }

    /// The folder below `root` with what is `wanted` for `python`: that of an earlier run, or a new one. The inner error says why
    /// there is none.
    pub(crate) fn install(
        &self,
        python: &Interpreter,
        wanted: &Wanted<'_>,
        root: &Path,
    ) -> Result<Result<PathBuf, String>, Error> {
        let Wanted { requirements, said, locked } = wanted;
        let key = format!("{} {}\n{requirements}", python.facts.version, python.executable.display());
        let folder = root.join(soabi_core::hex(&Sha256::digest(key)[..16]));
        if folder.is_dir() {
            return Ok(Ok(folder));
        }
        let uv = self.has_uv && python.facts.feature >= FIRST_OF_UV;
        let tool = if uv { "uv" } else { "pip" };
        anstream::eprintln!("{}: {tool} resolves {}, from the network", python.id, Foreign::new(said));
        let failed = |source| Error::Write { path: folder.clone(), source };
        let making = Making::below(root).map_err(failed)?;
        let (target, list) = (making.path().join("site"), making.path().join("requirements.txt"));
        fs::write(&list, requirements).map_err(failed)?;
        let mut command = if uv {
            let mut command = Command::new("uv");
            command.args(["pip", "install", "--quiet"]);
            match python.id.machine {
                None => command.arg("--python").arg(&python.executable),
                // uv would start it as a program of this machine.
                Some(machine) => command
                    .args(["--python-version", &python.facts.feature.to_string()])
                    .args(["--python-platform", &format!("{machine}-manylinux_2_28")]),
            };
            command
        } else {
            let (program, args) = python.command();
            let mut command = Command::new(program);
            command.args(args);
            command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            command
        };
        if *locked {
            command.args(["--no-deps", "--require-hashes"]);
        }
        command.args(["--only-binary", ":all:", "--target"]).arg(&target).arg("--requirement").arg(&list);
        let finished = match soabi_child::run(&mut command, LIMIT) {
            Ok(finished) => finished,
            Err(error) => return Ok(Err(format!("{tool} could not be started: {error}"))),
        };
        if !finished.status.is_some_and(|status| status.success()) {
            let said = String::from_utf8_lossy(&finished.stderr);
            let last_words = said.lines().map(str::trim).rfind(|line| !line.is_empty());
            return Ok(Err(format!("{tool}: {}", last_words.unwrap_or("without a word"))));
        }
        // Where a marker leaves nothing to install, no folder is made.
        fs::create_dir_all(&target).map_err(failed)?;
        match fs::rename(&target, &folder) {
            Err(_) if folder.is_dir() => {}
            renamed => renamed.map_err(failed)?,
        }
        Ok(Ok(folder))
    }
}

/// A folder for what is being made: whole or not at all, it has another name until everything is there.
pub(crate) struct Making {
    folder: TempDir,
    /// The folder, locked as long as it is made.
    _lock: File,
}

impl Making {
    /// A new folder below `root`, which is created. What dead runs left there is removed first.
    pub(crate) fn below(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        for left in leftover::find(root, MAKING, "") {
            // What cannot be removed now is left to the next run.
            let _ = soabi_child::folder::remove(&left.path);
        }
        loop {
            let folder = tempfile::Builder::new().prefix(MAKING).tempdir_in(root)?;
            match File::open(folder.path()) {
                Ok(lock) if leftover::claim(&lock, folder.path()) => return Ok(Self { folder, _lock: lock }),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}
