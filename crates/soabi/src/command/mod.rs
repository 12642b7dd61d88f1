//! The commands, one module each.

pub(crate) mod artifacts;
pub(crate) mod load;
pub(crate) mod matrix;
pub(crate) mod pythons;
pub(crate) mod specimens;
