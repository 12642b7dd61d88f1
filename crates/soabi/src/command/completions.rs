//! `soabi completions`: the completions of a shell, and the manual pages.

use clap::CommandFactory;
use clap_complete::generate;

use crate::cli::Cli;
use crate::cli::completions::{CompletionsArgs, Shell};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Writes completions to stdout, or manual pages into a folder.
pub(crate) fn run(args: &CompletionsArgs) -> Result<Exit, Error> {
    let mut command = Cli::command();
    if let Some(folder) = &args.man {
        let error = |source| Error::Write { path: folder.clone(), source };
        std::fs::create_dir_all(folder).map_err(error)?;
        clap_mangen::generate_to(command, folder).map_err(error)?;
        return Ok(Exit::Clean);
    }
    let mut text = Vec::new();
    match args.shell {
        Some(Shell::Bash) => generate(clap_complete::Shell::Bash, &mut command, "soabi", &mut text),
        Some(Shell::Elvish) => generate(clap_complete::Shell::Elvish, &mut command, "soabi", &mut text),
        Some(Shell::Fish) => generate(clap_complete::Shell::Fish, &mut command, "soabi", &mut text),
        Some(Shell::Nushell) => generate(clap_complete_nushell::Nushell, &mut command, "soabi", &mut text),
        Some(Shell::Powershell) => {
            generate(clap_complete::Shell::PowerShell, &mut command, "soabi", &mut text);
        }
        Some(Shell::Zsh) => generate(clap_complete::Shell::Zsh, &mut command, "soabi", &mut text),
        None => {}
    }
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Clean)
}
