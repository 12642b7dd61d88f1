//! A machine with mock interpreters: shell scripts in a temporary folder that answer as the query script does.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use soabi_python::{Discovery, Environment, Request, discover};
use tempfile::TempDir;

/// The folders of a machine: `bin` is its `PATH`, `pyenv`, `uv`, `opt` and `own` are the other sources.
pub(crate) struct Machine {
    root: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { root: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(path)
    }

    /// Puts an executable file there. A shell writes it: were it open for writing in this process, another
    /// test's child could inherit that, and the file could not be started ("text file busy").
    pub(crate) fn file(&self, path: &str, text: &str) -> PathBuf {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let write = r#"printf '%s' "$1" > "$0" && chmod 755 "$0""#;
        assert!(Command::new("sh").args(["-c", write]).arg(&file).arg(text).status().unwrap().success());
        file
    }

    /// Puts a shell script there.
    pub(crate) fn script(&self, path: &str, body: &str) -> PathBuf {
        self.file(path, &format!("#!/bin/sh\n{body}\n"))
    }

    /// Puts an interpreter there that answers, and counts how often it is asked.
    pub(crate) fn python(&self, path: &str, mock: &Mock) -> PathBuf {
        self.script(path, &format!("echo asked >> \"$0.log\"\n{}", mock.answer()))
    }

    /// How often the interpreter at `path` was asked.
    pub(crate) fn asked(&self, path: &str) -> usize {
        fs::read_to_string(self.path(&format!("{path}.log"))).unwrap_or_default().lines().count()
    }

    pub(crate) fn link(&self, target: impl AsRef<Path>, path: &str) -> PathBuf {
        let link = self.path(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(target, &link).unwrap();
        link
    }

    /// A request for everything on this machine.
    pub(crate) fn request(&self) -> Request {
        Request {
            own_pythons: Some(self.path("own")),
            time_limit: Duration::from_secs(30),
            jobs: 3,
            ..Request::new(Environment {
                path: vec![self.path("bin")],
                pyenv_root: Some(self.path("pyenv")),
                uv_pythons: Some(self.path("uv")),
                manylinux_pythons: Some(self.path("opt")),
            })
        }
    }

    /// Finds what `selection` names.
    pub(crate) fn discover(&self, selection: &[&str]) -> Discovery {
        let selection = selection.iter().map(|text| text.parse().unwrap()).collect();
        discover(&Request { selection, ..self.request() })
    }
}

/// What a mock interpreter says it is; the rest is as in a release build of CPython for Linux.
pub(crate) struct Mock {
    pub(crate) version: (u8, u8, u8),
    pub(crate) implementation: &'static str,
    pub(crate) abiflags: Option<&'static str>,
    pub(crate) gil_disabled: bool,
    pub(crate) soabi: Option<String>,
    pub(crate) ext_suffixes: Vec<String>,
    pub(crate) include_dir: PathBuf,
    pub(crate) libpython: PathBuf,
}

impl Mock {
    /// CPython 3.`minor`.`micro`.
    pub(crate) fn three(minor: u8, micro: u8) -> Self {
        let abiflags = if minor < 8 { "m" } else { "" };
        let soabi = format!("cpython-3{minor}{abiflags}-x86_64-linux-gnu");
        Self {
            version: (3, minor, micro),
            implementation: "cpython",
            abiflags: Some(abiflags),
            gil_disabled: false,
            ext_suffixes: vec![format!(".{soabi}.so"), ".abi3.so".to_owned(), ".so".to_owned()],
            soabi: Some(soabi),
            include_dir: PathBuf::from("/no/such/include"),
            libpython: PathBuf::from("/no/such/libpython.so"),
        }
    }

    /// CPython 2.7.18 with four-byte `Py_UNICODE`.
    pub(crate) fn two() -> Self {
        Self {
            version: (2, 7, 18),
            abiflags: None,
            soabi: None,
            ext_suffixes: vec![".so".to_owned(), "module.so".to_owned()],
            ..Self::three(0, 0)
        }
    }

    /// The shell command that prints the answer.
    pub(crate) fn answer(&self) -> String {
        let (major, minor, micro) = self.version;
        let json = serde_json::json!({
            "result": "success",
            "implementation": self.implementation,
            "version": format!("{major}.{minor}.{micro}"),
            "hexversion": u32::from_be_bytes([major, minor, micro, 0xf0]),
            "abiflags": self.abiflags,
            "counts_references": false,
            "pymalloc": true,
            "soabi": self.soabi,
            "ext_suffixes": self.ext_suffixes,
            "pointer_bits": 64,
            "debug": false,
            "gil_disabled": self.gil_disabled,
            "wide_unicode": true,
            "platform": "linux-x86_64",
            "multiarch": "x86_64-linux-gnu",
            "include_dirs": [self.include_dir],
            "platinclude": self.include_dir,
            "libpython": [self.libpython],
            "executable": "EXECUTABLE",
            "prefix": "/usr",
            "base_prefix": "/usr",
        });
        let json = json.to_string().replace("EXECUTABLE", r#"'"$0"'"#);
        format!("printf '\\nsoabi-answer: %s\\n' '{json}'")
    }
}
