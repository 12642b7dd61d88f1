//! Somebody's distributions: wheels, installed ones, modules that lie in packages.
//!
//! What is in one is laid out as an installer would ([`site`]), or lies where it is ([`placed`]); each of its modules is
//! a row ([`subjects`]) whose cells are [`plan`]ned and imported by its dotted name. What the tags promise is in [`promise`], what
//! was missing when an import failed in [`missing`]. Where wheels come from, and where dependencies, it does not know.

pub mod missing;
pub mod placed;
pub mod plan;
pub mod promise;
pub mod site;
mod stdlib;
pub mod subjects;
