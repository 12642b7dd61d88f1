//! The specimens: which there are, for which interpreters, and why not for the others. Pure.
//!
//! A flavor is a file, `crates/spam-*/flavors/<id>.toml`; with an interpreter it makes one specimen or, where
//! it has several floors, several. How a specimen is built is the business of [`crate::build`].

mod flavor;
mod plan;
mod source;
mod toolkit;

#[cfg(test)]
pub(crate) mod fake;

pub use flavor::{BuildRecipe, Exclusion, Flavor, LimitedApi, flavors};
pub use plan::{MODULE, Specimen, SpecimenPlan, declared, plan};
pub use source::SourceFile;
pub use toolkit::{Release, Toolkit, toolkits};
