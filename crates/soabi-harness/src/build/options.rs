//! The options of a build.

use std::path::Path;

use super::tool::Tools;

/// How specimens are built.
#[derive(Debug)]
pub struct BuildOptions<'a> {
    /// The programs that build.
    pub tools: &'a Tools,
    /// The folder of the cache. It is created.
    pub cache: &'a Path,
    /// How many builds may run at once. Zero counts as one.
    pub jobs: usize,
}
