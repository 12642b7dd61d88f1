//! Builds specimens: planned as commands, run in parallel, kept in a cache.
//!
//! A build is repeated only if something it depends on has changed: its key is a hash over the sources, the commands,
//! the compiler, its environment and the headers. A failed build is a value with the reason.

mod cache;
mod cargo;
mod cc;
mod command;
mod environment;
mod lanes;
mod not_built;
mod options;
mod order;
mod progress;
mod recipe;
mod rustc;
mod steps;
mod tool;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use self::cache::Cache;
use self::lanes::Products;
use self::order::Order;
use crate::specimen::{BuildRecipe, Specimen};
use crate::subject::Subject;

pub use self::cache::CacheError;
pub use self::command::quoted;
pub use self::not_built::NotBuilt;
pub use self::options::BuildOptions;
pub use self::progress::Progress;
pub use self::tool::{Tool, Tools};

/// A specimen that was built, or the reason why not.
#[derive(Clone, Debug)]
pub struct Built<'a> {
    /// The specimen.
    pub specimen: Specimen<'a>,
    /// The commands that build it, as a person would type them in the folder of its sources.
    pub commands: Vec<String>,
    /// The finished file. Its name need not be the artifact's: the same bytes may serve several interpreters.
    pub result: Result<PathBuf, NotBuilt>,
}

impl Built<'_> {
    /// The row of the matrix that it is.
    pub fn subject(&self) -> Subject {
        let in_full = |failure: &NotBuilt| match failure.hint() {
            Some(hint) => format!("{failure}; {hint}"),
            None => failure.to_string(),
        };
        Subject {
            artifact: self.specimen.artifact(self.result.clone().unwrap_or_default()),
            flavor: self.specimen.name.clone(),
            family: self.specimen.flavor.id.clone(),
            source: match &self.specimen.flavor.recipe {
                BuildRecipe::Cc { source, .. } => source.clone(),
                BuildRecipe::Rustc { .. } => "spam-ffi".to_owned(),
                BuildRecipe::Cargo { .. } => "spam-pyo3".to_owned(),
            },
            built_for: self.specimen.built_for,
            commands: self.commands.clone(),
            missing: self.result.as_ref().err().map(in_full),
            machine: None,
            placed: None,
        }
    }
}

/// Builds the `specimens` that are not in the cache, and returns the path of each.
pub fn build<'a>(
    specimens: Vec<Specimen<'a>>,
    options: &BuildOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Built<'a>>, CacheError> {
    let cache = Cache::open(options.cache)?;
    let orders = Order::all(&specimens, options.tools, &cache);
    let products = lanes::carry_out(&orders, &cache, options, progress);
    Ok(results(specimens, orders, &products, &cache))
}

/// The specimens as [`build`] would build them: the commands, and what is known to be missing. Nothing is built, and
/// the paths are those of the entries that a build would make.
pub fn preview<'a>(
    specimens: Vec<Specimen<'a>>,
    options: &BuildOptions<'_>,
) -> Result<Vec<Built<'a>>, CacheError> {
    let cache = Cache::open(options.cache)?;
    let orders = Order::all(&specimens, options.tools, &cache);
    Ok(results(specimens, orders, &Products::new(), &cache))
}

fn results<'a>(
    specimens: Vec<Specimen<'a>>,
    orders: Vec<Order>,
    products: &Products,
    cache: &Cache,
) -> Vec<Built<'a>> {
    let result = |(specimen, order): (Specimen<'a>, Order)| {
        let commands = order.steps.commands.iter().map(ToString::to_string).collect();
        let result = order.key.and_then(|key| match products.get(&key) {
            Some(result) => result.clone(),
            // Not built yet: the content, and with it the last folder, is unknown.
            None => Ok(cache.entry(&key).join(&order.steps.file_name)),
        });
        Built { specimen, commands, result }
    };
    specimens.into_iter().zip(orders).map(result).collect()
}
