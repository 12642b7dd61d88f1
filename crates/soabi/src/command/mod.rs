//! The commands, one module each.

pub(crate) mod abi3audit;
#[cfg(run)]
pub(crate) mod artifacts;
pub(crate) mod audit;
#[cfg(run)]
mod batches;
pub(crate) mod cache;
#[cfg(run)]
mod cell;
#[cfg(run)]
pub(crate) mod ci;
pub(crate) mod completions;
#[cfg(run)]
mod dependencies;
#[cfg(run)]
mod distributions;
#[cfg(run)]
mod evidence;
pub(crate) mod explain;
pub(crate) mod floor;
pub(crate) mod inspect;
#[cfg(run)]
pub(crate) mod install;
#[cfg(run)]
pub(crate) mod load;
pub(crate) mod man;
#[cfg(run)]
pub(crate) mod matrix;
pub(crate) mod merge;
#[cfg(run)]
pub(crate) mod notes;
pub(crate) mod other;
#[cfg(run)]
pub(crate) mod pythons;
#[cfg(run)]
mod site_packages;
#[cfg(run)]
pub(crate) mod snapshot;
#[cfg(run)]
pub(crate) mod specimens;
#[cfg(run)]
mod toolkits;
pub(crate) mod version;
pub(crate) mod why;
#[cfg(run)]
mod with_deps;
