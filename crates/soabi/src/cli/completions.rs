//! The command line of `soabi completions`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell whose completions are written to stdout
    #[arg(value_enum, value_name = "SHELL", required_unless_present = "man")]
    pub(crate) shell: Option<Shell>,
    /// Write the manual pages into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "shell")]
    pub(crate) man: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Elvish,
    Fish,
    Nushell,
    Powershell,
    Zsh,
}
