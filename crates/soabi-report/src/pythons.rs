//! `soabi/pythons/v1`: the interpreters of a machine.

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, PyVersion, PythonId};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/pythons/v1";

/// One run of `soabi pythons`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PythonsReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The interpreters that were found, oldest first.
    pub found: Vec<FoundPython>,
    /// The declared interpreters that were not found.
    pub missing: Vec<MissingPython>,
    /// Executables that could not be queried.
    pub broken: Vec<BrokenPython>,
    /// Interpreters that contradict their declaration.
    pub drifted: Vec<DriftEntry>,
    /// Interpreters that were found and not asked for.
    pub excluded: Vec<AbiTag>,
}

/// An interpreter that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundPython {
    /// Its id: its ABI, the stem of its file in `pythons/` when it has one, and its machine where that is not the one
    /// soabi runs on.
    pub id: PythonId,
    /// The real file: links and shims are resolved.
    pub executable: String,
    /// What runs it, with its arguments, where its machine is another one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emulator: Vec<String>,
    /// Where it was found: `path`, `pyenv`, `uv`, `manylinux`, `soabi`, `explicit`.
    pub source: String,
    /// What the interpreter says about itself.
    pub facts: PythonFacts,
    /// Other interpreters of the same id, which are not used.
    pub also: Vec<OtherPython>,
}

/// An interpreter that is not used, because a preferred one has the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherPython {
    /// The real file.
    pub executable: String,
    /// Where it was found.
    pub source: String,
    /// Its version in full.
    pub version: String,
}

/// What an interpreter says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact")]
pub struct PythonFacts {
    /// `sys.implementation.name`.
    pub implementation: String,
    /// The Python version in full.
    pub version: String,
    /// The feature version.
    pub feature: PyVersion,
    /// `sys.hexversion`.
    pub hexversion: u32,
    /// The ABI.
    pub abi: AbiTag,
    /// `SOABI` of the build record.
    pub soabi: Option<String>,
    /// The suffixes that the finder searches for, in order.
    pub ext_suffixes: Vec<String>,
    /// The width of a pointer in bits.
    pub pointer_bits: u8,
    /// `Py_DEBUG`.
    pub debug: bool,
    /// `Py_GIL_DISABLED`.
    pub gil_disabled: bool,
    /// Whether `Py_UNICODE` has four bytes.
    pub wide_unicode: bool,
    /// `sysconfig.get_platform()`.
    pub platform: String,
    /// `MULTIARCH` of the build record.
    pub multiarch: Option<String>,
    /// The folders for `-I`.
    pub include_dirs: Vec<String>,
    /// Whether `Python.h` is in one of them.
    pub has_headers: bool,
    /// The shared library, when there is one.
    pub libpython: Option<String>,
    /// The real file.
    pub executable: String,
    /// `sys.prefix`.
    pub prefix: String,
    /// `sys.base_prefix`.
    pub base_prefix: String,
}

/// A declared interpreter that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissingPython {
    /// Its id.
    pub id: AbiTag,
    /// Whether soabi's own tests require it.
    pub required: bool,
    /// How to get it.
    pub help: Option<String>,
}

/// An executable that could not be queried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BrokenPython {
    /// The file.
    pub path: String,
    /// What went wrong.
    pub message: String,
}

/// A declared fact that an interpreter contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DriftEntry {
    /// The interpreter.
    pub id: PythonId,
    /// The declared key.
    pub field: String,
    /// The declared value.
    pub declared: String,
    /// What the interpreter says.
    pub observed: String,
}
