//! The definition of one module, as reports have it.
//!
//! The names of fields and values are part of the same formats as those of [`crate::report`].

use serde::Serialize;

use crate::definition::{AbiInfo, HeadClass, Layout, Method, Slot};

/// The definition that one init function gives the interpreter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    /// The init symbol.
    pub init: String,
    /// How the module is created.
    pub phase: Phase,
    /// Why there is no definition, if there is none.
    pub none_because: Option<NoneBecause>,
    /// Which ways led to the definition.
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
    /// `m_methods`; `None` if the table is filled at run time.
    pub methods: Option<Vec<Method>>,
    /// `m_slots`; `None` if they are filled at run time.
    pub slots: Option<Vec<Slot>>,
    /// The ABI note (3.15).
    pub abi_info: Option<AbiInfo>,
    /// What the module declares about the GIL; `None` if nothing.
    pub gil: Option<Gil>,
    /// What the module declares about subinterpreters; `None` if nothing.
    pub subinterpreters: Option<Subinterpreters>,
    /// The headers that wrote the definition's reference count.
    pub head: Option<HeadClass>,
    /// The address of the definition; `None` where it is not in the file.
    pub address: Option<u64>,
    /// The address that the relocations show, where it is another: a finding about soabi.
    pub disagreement: Option<u64>,
}

/// How a module is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The init function returns the module (PEP 3121, Python 2).
    Single,
    /// The init function returns the definition (PEP 489).
    Multi,
    /// The export function returns slots (PEP 793).
    Export,
    /// There is no definition, or none was found.
    None,
}

/// Why there is no definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoneBecause {
    /// cffi's `_cffi_backend` makes the module.
    Cffi,
    /// mypyc's shim asks another module of the wheel.
    Mypyc,
    /// The init function returns null without a call: the file cannot be imported.
    Stub,
    /// None was found. It may well be there.
    NotDecoded,
}

/// A way to a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// Partial execution of the init function.
    Execution,
    /// The shape of the relocations.
    Relocations,
}

/// What a module declares about the GIL (`Py_mod_gil`, `PyUnstable_Module_SetGIL`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gil {
    /// It needs the GIL: a free-threaded build turns it on.
    Used,
    /// It works without.
    NotUsed,
}

/// What a module declares about subinterpreters (`Py_mod_multiple_interpreters`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subinterpreters {
    /// It works in the main interpreter only.
    NotSupported,
    /// It works in subinterpreters that share the GIL.
    Supported,
    /// It works in subinterpreters with a GIL of their own.
    PerInterpreterGil,
}
