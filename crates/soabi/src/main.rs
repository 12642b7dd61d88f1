//! `soabi`: proof that a Python extension module works in the Pythons it claims.
//!
//! This crate is glue and words: the command line, the output formats, the exit codes. What is true is
//! decided in the libraries. With the feature `run`, on Unix, it runs interpreters; without it, it audits files.

#![forbid(unsafe_code)]

mod axis;
#[cfg(run)]
mod ci;
mod cli;
mod command;
mod destination;
mod error;
mod exit;
#[cfg(run)]
mod fetch;
mod folders;
mod glossary;
#[cfg(run)]
mod interpreters;
mod journal;
mod leftover;
mod memory;
mod output;
mod progress;
mod ranges;
mod readiness;
mod requirement;
#[cfg(run)]
mod scratch;
mod source_error;
mod sources;
mod stored;

#[cfg(run)]
use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::view::View;

fn main() -> ExitCode {
    #[cfg(run)]
    {
        let mut args = std::env::args_os();
        let hidden = args.nth(1);
        if hidden.as_deref() == Some(OsStr::new(soabi_child::launch::LAUNCHER)) {
            return soabi_child::launch::main(args, &soabi_loader::calls::ThisKernel);
        }
        if hidden.as_deref() == Some(OsStr::new(command::load::CHILD)) {
            return command::load::be_the_child(args);
        }
    }
    let arguments = arguments();
    if command::version::is_asked_in_full(&arguments) {
        return exit_code(command::version::run());
    }
    let cli = Cli::parse_from(arguments);
    cli.color.apply();
    #[cfg(run)]
    if cli.command.starts_children() {
        soabi_child::hide_this_process();
        soabi_child::adopt_orphans();
        end_children_on_ctrl_c();
    }
    let result = run(cli);
    // An interpreter that was asked who it is, or a compiler, may have left something behind.
    #[cfg(run)]
    soabi_child::end_orphans();
    exit_code(result)
}

fn exit_code(result: Result<Exit, Error>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            error.print();
            Exit::CouldNot.into()
        }
    }
}

/// The command line. A program that is called `abi3audit`, by a link or a copy, is that command.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let called = arguments.first().and_then(|path| Path::new(path).file_stem());
    if called.is_some_and(|name| name == "abi3audit") {
        arguments.insert(1, "abi3audit".into());
    }
    arguments
}

fn run(cli: Cli) -> Result<Exit, Error> {
    let view = View::of_process(cli.verbosity.level());
    match cli.command {
        Command::Abi3Audit(args) => command::abi3audit::run(&args, &view),
        Command::Audit(args) => command::audit::run(&args, &view),
        Command::Cache(args) => command::cache::run(&args),
        #[cfg(run)]
        Command::Ci(args) => command::ci::run(&args),
        Command::Completions(args) => command::completions::run(&args),
        Command::Explain(args) => command::explain::run(&args, &view),
        Command::Inspect(args) => command::inspect::run(&args, &view),
        Command::Man(args) => command::man::run(&args),
        #[cfg(run)]
        Command::Matrix(args) => command::matrix::run(args, &view),
        #[cfg(run)]
        Command::Notes(args) => command::notes::run(&args, &view),
        Command::Merge(args) => command::merge::run(&args, &view),
        #[cfg(run)]
        Command::Pythons(args) => command::pythons::run(&args, &view),
        #[cfg(run)]
        Command::Load(args) => command::load::run(&args, &view),
        Command::Floor(args) => command::floor::run(&args, &view),
        Command::Why(args) => command::why::run(&args, &view),
        Command::Other(arguments) => Err(command::other::error(&arguments)),
    }
}

/// Children run in process groups of their own, which the terminal does not reach. SIGTERM and SIGHUP do the same
/// as Ctrl-C. 130 is what a shell reports
/// for a program that Ctrl-C ended.
#[cfg(run)]
fn end_children_on_ctrl_c() {
    let handler = || {
        soabi_child::end_all();
        scratch::remove_scratches();
        std::process::exit(130);
    };
    // The only failure is a second handler, and there is none.
    let _ = ctrlc::set_handler(handler);
}
