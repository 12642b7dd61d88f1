//! `soabi/inspect/v1`: what `soabi inspect` read out of a file.

use serde::{Deserialize, Serialize};
use soabi_core::PyVersion;

use crate::audit::{ErrorEntry, ObjectEntry, PythonEntry};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/inspect/v1";

/// A file, and what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The path of the file, as the user wrote it.
    pub path: String,
    /// The tags of a wheel's name, compressed sets as they are written.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The lowest platform that is true for all of its native files. `None` where platforms have no levels.
    #[serde(default)]
    pub platform: Option<PlatformEntry>,
    /// The interpreters that predictions are made for, oldest first.
    pub pythons: Vec<PythonEntry>,
    /// Its native files; of a universal file each slice.
    pub objects: Vec<InspectedObject>,
    /// What could not be read.
    pub errors: Vec<ErrorEntry>,
}

/// A platform tag, and what keeps the files from a lower one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformEntry {
    /// The tag: `manylinux_2_17_x86_64`; `linux_x86_64` where no level is true.
    pub tag: String,
    /// What the next lower level does not allow: `memcpy@GLIBC_2.14`, `libgomp.so.1`, `macOS 11.0`.
    pub because: Vec<String>,
}

/// A native file, and more than an audit says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedObject {
    /// What an audit says of it.
    #[serde(flatten)]
    pub object: ObjectEntry,
    /// The names that it needs an interpreter to export.
    #[serde(default)]
    pub imports: Imports,
    /// The libraries that it needs, in the order of its list.
    #[serde(default)]
    pub libraries: Vec<LibraryEntry>,
    /// Processor features that every import needs, beyond the first x86-64.
    #[serde(default)]
    pub cpu: Vec<CpuEntry>,
    /// Its static types. The limited API has none.
    #[serde(default)]
    pub static_types: Vec<String>,
    /// Its types that are made at run time (`PyType_Spec`).
    #[serde(default)]
    pub type_specs: Vec<String>,
    /// The oldest CPython that accepts the numbers in its data, and the number that needs it.
    #[serde(default)]
    pub oldest_by_data: Option<OldestByData>,
    /// What keeps it from being more than it is: an entry for each goal.
    #[serde(default)]
    pub keeps: Vec<KeptFrom>,
    /// What its toolkit has for the stable ABI.
    #[serde(default)]
    pub advice: Option<String>,
}

/// Names of an interpreter, by what is promised of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Imports {
    /// Those of the stable ABI, each with the version from which on it is promised.
    pub stable: Vec<StableImport>,
    /// Public ones that are promised within one version only.
    pub version_specific: Vec<String>,
    /// Private ones.
    pub private: Vec<String>,
    /// Those that no known interpreter exports.
    pub unknown: Vec<String>,
}

/// A name of the stable ABI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StableImport {
    /// The name.
    pub name: String,
    /// The first version that promises it.
    pub since: PyVersion,
}

/// A library that a file needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LibraryEntry {
    /// Its name in the file.
    pub name: String,
    /// Where it comes from.
    pub found: LibraryPlace,
    /// The member of the wheel that it is, or what brings it, in words.
    pub by: Option<String>,
}

/// Where a library comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LibraryPlace {
    /// The wheel: the dynamic linker finds it there.
    Wheel,
    /// The wheel, if something loads it before: no search path leads to it.
    WheelIfLoaded,
    /// The interpreter, or the runtime that its installer brings.
    Interpreter,
    /// The system that the platform tag promises.
    Platform,
    /// Something else that is installed.
    Outside,
    /// Nothing.
    Absent,
}

/// A processor feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CpuEntry {
    /// Its name: `AVX2`.
    pub feature: String,
    /// The lowest level that has it: `x86-64-v3`. `None` for a feature of no level.
    pub level: Option<String>,
    /// The address of the first instruction that needs it.
    pub address: u64,
}

/// A version, and what needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OldestByData {
    /// The version.
    pub python: PyVersion,
    /// The number in the file: `module slot 3 (multiple_interpreters)`.
    pub because: String,
}

/// What keeps a module from a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptFrom {
    /// `abi3`, `abi3t`, `free-threading` or `subinterpreters`.
    pub goal: String,
    /// Whether it is there already: by its name, or by its definition.
    pub reached: bool,
    /// The lowest version of the stable ABI that would do once what has no version is gone. `None` for other goals.
    pub floor: Option<PyVersion>,
    /// What keeps it, what no version allows first.
    pub by: Vec<BlockerEntry>,
}

/// One thing that keeps a module from a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockerEntry {
    /// `symbol`, `static-type`, `inlined-layout`, `data`, `definition` or `build`.
    pub kind: String,
    /// The name: of the symbol, the type, the structure, the init function, the macro.
    pub what: String,
    /// The reason, as a lowercase fragment.
    pub why: String,
    /// The first Python in which it would do as it is. `None`: in none.
    pub since: Option<PyVersion>,
}
