//! The `load` rung: a child process opens the interpreter's library, the artifact, and the init symbol.
//!
//! The child is another program, or this one in another mode: the caller says how it is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::worker::Start;

/// The program that loads: a worker whose next argument is the interpreter's library.
#[derive(Clone, Debug)]
pub struct Loader {
    /// The program.
    pub program: PathBuf,
    /// What makes it that worker.
    pub args: Vec<OsString>,
}

impl Loader {
    /// How it is made the worker that loads beside `libpython`.
    pub fn start(&self, libpython: &Path) -> Start {
        let mut args = self.args.clone();
        args.push(libpython.into());
        Start { program: self.program.clone(), args, setup: Vec::new() }
    }
}
