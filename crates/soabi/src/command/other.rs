//! A command that this build does not have: a misspelled one, or one that runs interpreters.

use std::ffi::OsString;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::error::Error;

/// The commands that only a build with the feature `run` has.
#[cfg(not(run))]
const RUNNING: [&str; 5] = ["matrix", "pythons", "load", "notes", "ci"];

/// Why there is no such command.
pub(crate) fn error(arguments: &[OsString]) -> Error {
    let command = arguments.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    #[cfg(not(run))]
    if RUNNING.contains(&command.as_str()) {
        return Error::DoesNotRun { what: format!("`soabi {command}` runs interpreters") };
    }
    let parser = Cli::command();
    let known = parser.get_subcommands().map(clap::Command::get_name);
    let nearest = known
        .map(|name| (strsim::damerau_levenshtein(name, &command), name))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    Error::NoSuchCommand { nearest: nearest.map(|(_, name)| name.to_owned()), command }
}
