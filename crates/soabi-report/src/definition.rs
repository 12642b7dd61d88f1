//! Module definitions, as `soabi/audit/v1` has them: what an extension module tells the interpreter about itself.
//!
//! They are read out of the binary. What code decides at run time is `None`.

use serde::{Deserialize, Serialize};

/// The definition that an init function gives the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Definition {
    /// The init symbol.
    pub init: String,
    /// How the module is created.
    pub phase: Phase,
    /// Why there is no definition. `None` if there is one.
    pub none_because: Option<NoneBecause>,
    /// The ways that led to the definition.
    pub found_by: Vec<FoundBy>,
    /// The layout of `PyModuleDef`.
    pub layout: Option<Layout>,
    /// `m_name`; of Python 2 the name that the init function passes.
    pub name: Option<String>,
    /// `m_doc`.
    pub doc: Option<String>,
    /// `m_size` in bytes.
    pub size: Option<i64>,
    /// The API version that the init function passes: 3 for the limited API, 1013 for the full one. Single-phase
    /// modules only.
    pub api_version: Option<u32>,
    /// `m_methods`. Toolkits add more at run time.
    pub methods: Option<Vec<Method>>,
    /// `m_slots`, or the slots of the export hook.
    pub slots: Option<Vec<Slot>>,
    /// The ABI note (3.15).
    pub abi_info: Option<AbiInfo>,
    /// What it declares about the GIL. `None` if nothing.
    pub gil: Option<Gil>,
    /// What it declares about subinterpreters. `None` if nothing.
    pub subinterpreters: Option<Subinterpreters>,
}

/// How a module is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The init function returns the module (PEP 3121, Python 2).
    Single,
    /// The init function returns the definition (PEP 489).
    Multi,
    /// The export hook returns slots (PEP 793).
    Export,
    /// There is no definition, or none was found.
    None,
}

/// Why there is no definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoneBecause {
    /// cffi's `_cffi_backend` makes the module.
    Cffi,
    /// The init function asks another module of the wheel, which mypyc made.
    Mypyc,
    /// The init function returns null at once: the file cannot be imported.
    Stub,
    /// None was found. It may well be there.
    NotDecoded,
}

/// A way to a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// Partial execution of the init function.
    Execution,
    /// The shape of the relocations.
    Relocations,
}

/// The layout of a `PyModuleDef`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// That of CPython with the GIL.
    Gil,
    /// That of free-threaded CPython.
    FreeThreaded,
    /// That of PyPy.
    Pypy,
    /// That of CPython 3.6 and 3.7 with `Py_TRACE_REFS`.
    TraceRefs,
    /// There is no `PyModuleDef`: slots (PEP 793), or the arguments of Python 2.
    Opaque,
}

/// A function of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its flags without `METH_`; a bit without a name as a number.
    pub flags: Vec<String>,
    /// Its docstring.
    pub doc: Option<String>,
}

/// A slot of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slot {
    /// Its number.
    pub id: u16,
    /// Its name without `Py_mod_`; `unknown` for a number of no release.
    pub name: String,
    /// Its value where that is a number.
    pub value: Option<i64>,
}

/// An ABI note: `PyABIInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AbiInfo {
    /// Its flags.
    pub flags: Vec<AbiFlag>,
    /// The version of the headers: `3.15.2`.
    pub build: Option<String>,
    /// The version of the ABI: `3.15`.
    pub abi: Option<String>,
}

/// A flag of an ABI note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AbiFlag {
    /// It uses the stable ABI.
    Stable,
    /// It works with the GIL.
    Gil,
    /// It works in free-threaded builds.
    #[serde(rename = "FREETHREADED")]
    FreeThreaded,
    /// It uses internal headers.
    Internal,
}

/// What a module declares about the GIL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Gil {
    /// It needs the GIL: a free-threaded build turns it on.
    Used,
    /// It works without.
    NotUsed,
}

/// What a module declares about subinterpreters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Subinterpreters {
    /// It works in the main interpreter only.
    NotSupported,
    /// It works in subinterpreters that share the GIL.
    Supported,
    /// It works in subinterpreters with a GIL of their own.
    PerInterpreterGil,
}

/// The headers and tools that a file was built with: what its bytes prove, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuiltWith {
    /// The versions of Python whose headers it may have been. Empty if nothing tells.
    pub python: Vec<String>,
    /// Whether the headers were those of a build with the GIL.
    pub gil: Option<bool>,
    /// The version of the limited API: `3.9`; `unknown` where only its use is known.
    pub limited_api: Option<String>,
    /// The toolkit, with its version where it is known: `Cython 3.1.2`.
    pub toolkit: Option<String>,
    /// What the answers are taken from.
    pub evidence: Vec<String>,
}
