//! The world that a subject is judged against: the interpreters.
//!
//! The tables know every ABI. An interpreter whose own exports were read replaces the tables' column of its ABI, for
//! the files that are for its system.

use soabi_core::AbiTag;

use crate::object::Object;
use crate::predict::is_found;
use crate::python::{Exports, Python};
use crate::subject::Subject;

/// The interpreters that rules ask about.
#[derive(Clone, Debug, Default)]
pub struct World {
    given: Vec<Python>,
}

impl World {
    /// The world of the tables, with those of `pythons` whose own exports were read.
    pub fn with(pythons: &[Python]) -> Self {
        let is_given = |python: &&Python| matches!(python.exports, Exports::Given(_));
        Self { given: pythons.iter().filter(is_given).cloned().collect() }
    }

    /// The interpreters whose own exports were read.
    pub fn given(&self) -> &[Python] {
        &self.given
    }

    /// The interpreter of the ABI `abi` that `object` would meet.
    pub fn python(&self, object: &Object, abi: AbiTag) -> Python {
        let loads = |python: &&Python| {
            python.abi == abi && python.platform.is_none_or(|system| object.platform.loads_on(system))
        };
        self.given.iter().find(loads).cloned().unwrap_or_else(|| Python::known(abi, None))
    }

    /// Whether interpreters with the ABI `abi` search for `object`'s file, or for another file of the same module.
    pub fn finds(&self, subject: &Subject, object: &Object, abi: AbiTag) -> bool {
        subject.same_module(object).any(|other| is_found(other, &self.python(other, abi), other.home))
    }
}
