//! The commands, one module each.

pub(crate) mod artifacts;
pub(crate) mod audit;
mod cell;
pub(crate) mod ci;
pub(crate) mod explain;
pub(crate) mod install;
pub(crate) mod load;
pub(crate) mod matrix;
pub(crate) mod merge;
pub(crate) mod notes;
pub(crate) mod pythons;
pub(crate) mod snapshot;
pub(crate) mod specimens;
