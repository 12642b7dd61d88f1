//! `soabi completions`: the completions of a shell.

use clap::CommandFactory;
use clap_complete::{Generator, generate};

use crate::cli::Cli;
use crate::cli::completions::{CompletionsArgs, Shell};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// Writes completions to stdout.
pub(crate) fn run(args: &CompletionsArgs) -> Result<Exit, Error> {
    output::print(&match args.shell {
        Shell::Bash => text(clap_complete::Shell::Bash),
        Shell::Elvish => text(clap_complete::Shell::Elvish),
        Shell::Fish => text(clap_complete::Shell::Fish),
        Shell::Nushell => text(clap_complete_nushell::Nushell),
        Shell::Powershell => text(clap_complete::Shell::PowerShell),
        Shell::Zsh => text(clap_complete::Shell::Zsh),
    })?;
    Ok(Exit::Clean)
}

fn text(shell: impl Generator) -> String {
    let mut bytes = Vec::new();
    generate(shell, &mut Cli::command(), "soabi", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
