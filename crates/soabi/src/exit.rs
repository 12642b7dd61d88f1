//! Exit codes.

use std::process::ExitCode;

/// What the program's exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: every promise was kept.
    Clean,
    /// 1: a promise was broken.
    Unexpected,
    /// 2: something could not be done, so that nothing, or not everything, is known.
    CouldNot,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Unexpected => 1,
            Exit::CouldNot => 2,
        })
    }
}
