//! `soabi/floor/v1`: the lowest Python that a module needs, and what keeps it from the stable ABIs.

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, PyVersion};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/floor/v1";

/// The modules of the files that were asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FloorReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the tables.
    pub tables: String,
    /// The files, in the order of the command line.
    pub files: Vec<FloorFile>,
}

/// A file, a wheel or what a folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FloorFile {
    /// Its path.
    pub path: String,
    /// Its extension modules; of a universal file each slice.
    pub modules: Vec<ModuleFloor>,
    /// What could not be read.
    pub errors: Vec<String>,
}

/// What one module needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModuleFloor {
    /// The path inside the wheel or folder. `None` for a file by itself.
    pub member: Option<String>,
    /// The module.
    pub module: String,
    /// The machine.
    pub arch: String,
    /// The ABI that its name claims; or, where it claims none, as on Windows, that of the wheel's tags.
    pub abi: AbiTag,
    /// The first version that its name and its wheel's tags promise. `None` where they name no version of CPython.
    pub promised: Option<PyVersion>,
    /// The oldest CPython with the GIL that exports every name and knows every number that it needs. `None` if none of
    /// those that were measured does.
    pub lowest: Option<PyVersion>,
    /// The newest such CPython.
    pub highest: Option<PyVersion>,
    /// Whether an older CPython 3 than those that were measured may do as well.
    pub lowest_is_oldest_known: bool,
    /// The names that no older CPython exports: they keep it from a lower floor. 64 at most.
    pub holds_up: Vec<NeededName>,
    /// The names that no newer CPython exports. 64 at most.
    pub holds_down: Vec<NeededName>,
    /// The number in its definition that needs a version.
    pub by_data: Option<NeededNumber>,
    /// What keeps it from abi3, and from abi3t.
    pub goals: Vec<StableGoal>,
    /// What the toolkit that made the module has for the stable ABI.
    pub toolkit_advice: Option<String>,
}

/// A name that a module needs, and the versions that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NeededName {
    /// The name.
    pub name: String,
    /// The versions of CPython with the GIL that export it, oldest first.
    pub exported_by: Vec<PyVersion>,
    /// Where such names come from in sources.
    pub origin: Option<String>,
}

/// A number in a module's definition that an older Python does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NeededNumber {
    /// The first version that knows it.
    pub version: PyVersion,
    /// The number.
    pub because: String,
}

/// A stable ABI, and what keeps a module from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StableGoal {
    /// `abi3` or `abi3t`.
    pub goal: AbiTag,
    /// The first version whose stable ABI has all that the module uses. `None` if something is in none.
    pub from: Option<PyVersion>,
    /// What is not in the first version of that ABI: what is in no version first, then the newest. 64 at most.
    pub blockers: Vec<BlockerEntry>,
    /// How many are left out.
    pub more: usize,
}

/// One thing that keeps a module from a stable ABI, or from an older version of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockerEntry {
    /// What it is found in: `symbol`, `static-type`, `inlined-layout`, `data`, `definition` or `build`.
    pub kind: String,
    /// The name of the symbol, the type, the structure.
    pub what: String,
    /// The reason, as a lowercase fragment.
    pub why: String,
    /// The first version in which it would do as it is. `None`: in none, the source has to change.
    pub since: Option<PyVersion>,
    /// Where such names come from in sources.
    pub origin: Option<String>,
    /// What to use instead.
    pub instead: Option<String>,
}
