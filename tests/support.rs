//! What the tests of the whole program share: the program in a clean environment, the axis, the fixtures.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde::de::DeserializeOwned;
use soabi_core::{AbiTag, PythonId};
use soabi_python::{Interpreter, Manifest, manifests};

use crate::harness::{Skip, skip};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file in `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// How the person who runs the tests narrowed the axis, `SOABI_PYTHON=cp311,cp312`, which soabi itself
/// understands. `None` when it is whole.
pub(crate) fn narrowed() -> Option<String> {
    std::env::var("SOABI_PYTHON").ok().filter(|list| !list.is_empty())
}

/// The interpreters that the tests run in, as the program itself found them.
pub(crate) fn interpreters() -> &'static [Interpreter] {
    static FOUND: LazyLock<Vec<Interpreter>> = LazyLock::new(|| found_by(Soabi::with_the_required()));
    &FOUND
}

/// All interpreters of this machine, of a narrowed axis those that are left: the columns of the whole matrix.
pub(crate) fn all_interpreters() -> &'static [Interpreter] {
    static FOUND: LazyLock<Vec<Interpreter>> = LazyLock::new(|| found_by(Soabi::new()));
    &FOUND
}

fn found_by(soabi: Soabi) -> Vec<Interpreter> {
    let mut list: serde_json::Value = soabi.args(["pythons", "--format", "json"]).run().json();
    serde_json::from_value(list["found"].take()).unwrap()
}

/// The interpreter that the file `manifest` declares. A test that needs it is skipped where it is missing; a required
/// one may be missing only where the axis is narrowed.
pub(crate) fn interpreter(manifest: &Path) -> Result<&'static Interpreter, Skip> {
    let id: AbiTag = manifest.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    if let Some(found) = all_interpreters().iter().find(|python| python.id == id.into()) {
        return Ok(found);
    }
    let is_required = Manifest::of(id).unwrap().required;
    match narrowed() {
        Some(axis) => skip(format!("{id}: the axis is narrowed, SOABI_PYTHON={axis}")),
        None if is_required => {
            panic!("{id} is required and is not on this machine; `soabi pythons --install {id}`")
        }
        None => skip(format!("{id} is not on this machine; `soabi pythons --install {id}`")),
    }
}

/// What `run` writes to stdout, once for a run of the tests: cargo-nextest starts a process for every test, and
/// they share the result in a file.
pub(crate) fn once(name: &str, run: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let Ok(id) = std::env::var("NEXTEST_RUN_ID") else { return run() };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nextest");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let (result, of) = (folder.join(name), folder.join(format!("{name}.run")));
    if std::fs::read_to_string(&of).ok().as_ref() != Some(&id) {
        std::fs::write(&result, run()).unwrap();
        std::fs::write(&of, id).unwrap();
    }
    std::fs::read(&result).unwrap()
}

/// Their ids.
pub(crate) fn pythons() -> Vec<PythonId> {
    interpreters().iter().map(|python| python.id).collect()
}

/// The program, in an environment of which a test knows everything that matters.
pub(crate) struct Soabi {
    command: Command,
}

impl Soabi {
    /// The program with the interpreters of this machine, narrowed if the person wants it. Built specimens are
    /// kept from one test run to the next, in the target folder.
    pub(crate) fn new() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soabi"));
        command.env("SOABI_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("soabi-cache"));
        for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CC", "SOABI_LOG"] {
            command.env_remove(variable);
        }
        command.env("LC_ALL", "C.UTF-8");
        Self { command }
    }

    /// The program with the interpreters that the tests require, whatever else this machine has: where modules
    /// misbehave on purpose, two dozen interpreters show no more than nine. Of a narrowed axis it is those that are
    /// required as well, or all of it where fewer than two are.
    pub(crate) fn with_the_required() -> Self {
        let required = manifests().iter().filter(|manifest| manifest.required);
        let required: Vec<String> = required.map(|manifest| manifest.id.to_string()).collect();
        let axis = narrowed().unwrap_or_else(|| required.join(","));
        let ids: Vec<_> = axis.split(',').filter(|id| required.iter().any(|other| other == id)).collect();
        let ids = if ids.len() < 2 { axis.clone() } else { ids.join(",") };
        Self::new().env("SOABI_PYTHON", ids)
    }

    /// The program on another machine, which has no Python at all, and whose axis nobody has narrowed.
    pub(crate) fn without_pythons() -> Self {
        let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
        std::fs::create_dir_all(&empty).unwrap();
        Self::new()
            .without("SOABI_PYTHON")
            .env("PATH", &empty)
            .env("PYENV_ROOT", &empty)
            .env("UV_PYTHON_INSTALL_DIR", &empty)
            .env("XDG_DATA_HOME", &empty)
            .env("SOABI_DATA_DIR", &empty)
            .env("HOME", &empty)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// The command itself, for tests that watch it run.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Finished {
        Finished { output: self.command.output().unwrap() }
    }
}

/// What the program said.
pub(crate) struct Finished {
    output: Output,
}

impl Finished {
    pub(crate) fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    /// The bytes of the report.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.output.stdout
    }

    /// The report, read as `T`.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.output.stdout) {
            Ok(report) => report,
            Err(error) => panic!("{error}\nexit {:?}\n{}{}", self.code(), self.stdout(), self.stderr()),
        }
    }
}
