//! The results, as reports have them.
//!
//! The names of fields and values are part of `soabi/audit/v1` and `soabi/inspect/v1`: fields may be added, none
//! is renamed.

use serde::Serialize;

use crate::built_with::BuiltWith;
use crate::cpu::CpuNeed;
use crate::definition::{Minimum, StaticType, TypeSpec};
use crate::inlined::InlinedAccess;

pub use crate::module::{Definition, FoundBy, Gil, NoneBecause, Phase, Subinterpreters};

/// What was read out of one image.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reading {
    /// One for each init symbol, in the order of the exports; more than one where the init function chooses.
    pub definitions: Vec<Definition>,
    /// The headers and tools that the file was built with.
    pub built_with: BuiltWith,
    /// Static types. The limited API has none.
    pub static_types: Vec<StaticType>,
    /// Type specifications.
    pub type_specs: Vec<TypeSpec>,
    /// The oldest CPython that accepts the numbers in the data; `None` if any does.
    pub minimum_by_data: Option<Minimum>,
    /// Accesses to the insides of structures that the limited API keeps opaque. Empty proves nothing.
    pub inlined: Vec<InlinedAccess>,
    /// Whether constructors call functions of the interpreter, as far as they were executed: it happens when the file is
    /// loaded, before anything is looked up in it.
    pub constructors_ask: bool,
    /// Processor features that every import needs.
    pub cpu: Vec<CpuNeed>,
}
