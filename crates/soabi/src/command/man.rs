//! `soabi man`: the manual pages, one for each command.

use clap::CommandFactory;

use crate::cli::Cli;
use crate::cli::man::ManArgs;
use crate::error::Error;
use crate::exit::Exit;

/// Writes the pages into a folder.
pub(crate) fn run(args: &ManArgs) -> Result<Exit, Error> {
    let error = |source| Error::Write { path: args.folder.clone(), source };
    std::fs::create_dir_all(&args.folder).map_err(error)?;
    // On the command line it is called as its link is; among the pages it is one of soabi's.
    let command =
        Cli::command().mut_subcommand("abi3audit", |command| command.display_name("soabi-abi3audit"));
    clap_mangen::generate_to(command, &args.folder).map_err(error)?;
    Ok(Exit::Clean)
}
