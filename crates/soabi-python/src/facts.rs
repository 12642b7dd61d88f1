//! The facts about an interpreter: its own answers, and the files beside it on the disk.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, PyVersion};

/// What one interpreter is. Fields are spelled as PyO3 and maturin spell them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact")]
pub struct Facts {
    /// `sys.implementation.name`: `cpython`, `pypy`.
    pub implementation: String,
    /// The Python version in full: `3.11.7`, `3.15.0b1`.
    pub version: String,
    /// The feature version of `version`.
    pub feature: PyVersion,
    /// `sys.hexversion`: orders patch levels and pre-releases.
    pub hexversion: u32,
    /// The ABI, from the interpreter itself: its version, `sys.abiflags`, and on 2.7 `sys.maxunicode`.
    pub abi: AbiTag,
    /// `SOABI` of the build record: `cpython-311-x86_64-linux-gnu`. `None` on 2.7.
    pub soabi: Option<String>,
    /// The suffixes that the finder searches for, in that order. 2.7's `module.so` has no leading dot.
    pub ext_suffixes: Vec<String>,
    /// The width of a pointer: 64 or 32.
    pub pointer_bits: u8,
    /// `Py_DEBUG` of the build record (2.7: `sys.gettotalrefcount` exists).
    pub debug: bool,
    /// `Py_GIL_DISABLED` of the build record. It does not say whether the GIL is off at this moment.
    pub gil_disabled: bool,
    /// `Py_UNICODE` has four bytes. Always true from 3.3 on (PEP 393).
    pub wide_unicode: bool,
    /// `sysconfig.get_platform()`: `linux-x86_64`.
    pub platform: String,
    /// `MULTIARCH` of the build record: `x86_64-linux-gnu`.
    pub multiarch: Option<String>,
    /// The folders for `-I`: `include`, then `platinclude` where it is another one. They need not exist.
    pub include_dirs: Vec<PathBuf>,
    /// `Python.h` is in one of `include_dirs`.
    pub has_headers: bool,
    /// The shared library of the interpreter, when there is one.
    pub libpython: Option<PathBuf>,
    /// The interpreter's real file.
    pub executable: PathBuf,
    /// `sys.prefix`.
    pub prefix: PathBuf,
    /// `sys.base_prefix`; `sys.prefix` on 2.7.
    pub base_prefix: PathBuf,
}
