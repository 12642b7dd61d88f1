//! The command line of `soabi man`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// The folder for the pages, such as ~/.local/share/man/man1. It is made where it is missing
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}
