//! How one specimen is made: the files, the commands, the file that comes out. Pure; nothing is run here.

use std::borrow::Cow;
use std::path::Path;

use super::command::CommandLine;
use super::tool::{Tool, Tools};
use super::{cargo, cc, rustc};
use crate::specimen::{BuildRecipe, SourceFile, Specimen};

/// How one specimen is made.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// The files that have to be there, by their paths in the folder where the commands run.
    pub(super) files: Vec<(String, Cow<'static, str>)>,
    /// The commands, in order.
    pub(super) commands: Vec<CommandLine>,
    /// The file that the last command makes, by its path in the folder.
    pub(super) product: String,
    /// The name of that file in the cache.
    pub(super) file_name: String,
    /// Where the commands run.
    pub(super) place: Place,
}

/// Where commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a new folder that is gone afterwards.
    Scratch,
    /// In the folder of this name, which stays, so that cargo finds what it has compiled before. One build at
    /// a time.
    Workshop(&'static str),
}

impl Steps {
    /// The steps of `specimen` with these tools. `cache` is the root of the cache, as an absolute path.
    pub(super) fn of(specimen: &Specimen<'_>, tools: &Tools, cache: &Path) -> Self {
        match &specimen.flavor.recipe {
            BuildRecipe::Cc { source, defines, .. } => cc::steps(specimen, source, defines, &tools.cc),
            BuildRecipe::Rustc { cfg } => rustc::steps(specimen, cfg.as_deref(), &tools.rustc),
            BuildRecipe::Cargo { .. } => cargo::steps(specimen, &tools.cargo, cache),
        }
    }
}

/// The tool that decides what the bytes of a specimen are. Cargo only calls `rustc`.
pub(super) fn compiler<'t>(specimen: &Specimen<'_>, tools: &'t Tools) -> &'t Tool {
    match specimen.flavor.recipe {
        BuildRecipe::Cc { .. } => &tools.cc,
        BuildRecipe::Rustc { .. } | BuildRecipe::Cargo { .. } => &tools.rustc,
    }
}

/// The files of the specimen's crate, unchanged.
pub(super) fn files_of(specimen: &Specimen<'_>) -> Vec<(String, Cow<'static, str>)> {
    let file = |source: &SourceFile| (source.path.to_owned(), Cow::Borrowed(source.text));
    specimen.flavor.sources.iter().map(file).collect()
}
