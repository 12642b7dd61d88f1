//! How one specimen is made: the files, the commands, the file that comes out. Pure; nothing is run here.

use std::borrow::Cow;

use super::command::CommandLine;
use crate::specimen::{SourceFile, Specimen};

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

/// The files of the specimen's crate, unchanged.
pub(super) fn files_of(specimen: &Specimen<'_>) -> Vec<(String, Cow<'static, str>)> {
    let file = |source: &SourceFile| (source.path.to_owned(), Cow::Borrowed(source.text));
    specimen.flavor.sources.iter().map(file).collect()
}
