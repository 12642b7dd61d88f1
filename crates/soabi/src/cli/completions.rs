//! The command line of `soabi completions`.

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell whose completions are written to stdout
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: Shell,
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
