//! `soabi`: proof that a Python extension module works in the Pythons it claims.
//!
//! This crate is glue and words: the command line, the output formats, the exit codes. What is true is
//! decided in the libraries.

#![forbid(unsafe_code)]

mod audit;
mod ci;
mod cli;
mod command;
mod digest;
mod error;
mod exit;
mod folders;
mod output;
mod progress;
mod scratch;

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::exit::Exit;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let hidden = args.nth(1);
    if hidden.as_deref() == Some(OsStr::new(soabi_child::launch::LAUNCHER)) {
        return soabi_child::launch::main(args);
    }
    if hidden.as_deref() == Some(OsStr::new(command::load::CHILD)) {
        return command::load::be_the_child(args);
    }
    let cli = Cli::parse();
    cli.color.apply();
    if cli.command.starts_children() {
        end_children_on_ctrl_c();
    }
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            error.print();
            Exit::CouldNot.into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit, Error> {
    match cli.command {
        Command::Audit(args) => command::audit::run(&args),
        Command::Ci(args) => command::ci::run(&args),
        Command::Explain(args) => command::explain::run(&args),
        Command::Matrix(args) => command::matrix::run(&args),
        Command::Notes(args) => command::notes::run(&args),
        Command::Merge(args) => command::merge::run(&args),
        Command::Pythons(args) => command::pythons::run(&args),
        Command::Load(args) => command::load::run(&args),
    }
}

/// Children run in process groups of their own, which the terminal does not reach. 130 is what a shell says
/// of a program that Ctrl-C ended.
fn end_children_on_ctrl_c() {
    let handler = || {
        soabi_child::end_all();
        scratch::remove_scratches();
        std::process::exit(130);
    };
    // The only failure is a second handler, and there is none.
    let _ = ctrlc::set_handler(handler);
}
