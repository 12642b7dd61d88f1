//! The steps and the compiler of a build recipe.

use std::path::Path;

use super::steps::Steps;
use super::tool::{Tool, Tools};
use super::{cargo, cc, rustc};
use crate::specimen::{BuildRecipe, Specimen};

/// The steps of `specimen` with these tools. `cache` is the root of the cache, as an absolute path.
pub(super) fn steps(specimen: &Specimen<'_>, tools: &Tools, cache: &Path) -> Steps {
    match &specimen.flavor.recipe {
        BuildRecipe::Cc { source, defines, .. } => cc::steps(specimen, source, defines, &tools.cc),
        BuildRecipe::Rustc { cfg } => rustc::steps(specimen, cfg.as_deref(), &tools.rustc),
        BuildRecipe::Cargo { .. } => cargo::steps(specimen, &tools.cargo, cache),
    }
}

/// The tool that decides what the bytes of a specimen are. Cargo only calls `rustc`.
pub(super) fn compiler<'t>(specimen: &Specimen<'_>, tools: &'t Tools) -> &'t Tool {
    match specimen.flavor.recipe {
        BuildRecipe::Cc { .. } => &tools.cc,
        BuildRecipe::Rustc { .. } | BuildRecipe::Cargo { .. } => &tools.rustc,
    }
}
