//! The command line of `soabi cache`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) action: CacheAction,
    /// The cache folder
    #[arg(long, env = "SOABI_CACHE_DIR", value_name = "DIR", global = true)]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheAction {
    /// Print the cache folder
    Dir,
    /// Print how much is in it, by kind
    Size,
    /// Remove what has not been used for a while, and the oldest of what is more than enough
    ///
    /// An audit does this by itself for what it remembers, once a day. Not while a matrix is running.
    Prune {
        /// Remove what was last used more than this number of days ago
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        older_than: u64,
        /// Remove the oldest until no more than this number of MiB is left
        #[arg(long, value_name = "MIB", default_value_t = 4096)]
        larger_than: u64,
    },
    /// Remove everything, or everything of some kinds
    ///
    /// What is removed is made again when it is needed. Nothing else in the folder is touched. Not while a matrix is
    /// running.
    Clean {
        /// What to remove [default: everything]
        #[arg(value_enum, value_name = "KIND")]
        kinds: Vec<CacheKind>,
    },
}

/// What is in the cache. Each kind is a folder, of the same name unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CacheKind {
    /// What was found in wheels
    Audit,
    /// Wheels that were fetched by name
    Wheels,
    /// Built specimens of the matrix, and the folders that they are built in
    Specimens,
    /// What uv or pip installed for wheels and toolkits, and what toolkits built
    Packages,
    /// What interpreters answered about themselves
    Pythons,
    /// Downloads of interpreters
    Install,
    /// Journals of interrupted runs
    Journals,
}

impl CacheKind {
    /// Its folders below the cache folder.
    pub(crate) const fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Audit => &["audit"],
            Self::Wheels => &["wheels"],
            Self::Specimens => &["specimens", "building", "cargo"],
            Self::Packages => &["dependencies", "toolkits/sites", "toolkits/wheels"],
            Self::Pythons => &["pythons"],
            Self::Install => &["install"],
            Self::Journals => &["journals"],
        }
    }
}
