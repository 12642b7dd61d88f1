//! Gets the Pythons that a machine does not have.
//!
//! The manifests say how ([`Recipe`](soabi_python::Recipe)); a [`Provider`] does it, one file for each; an
//! [`Installation`] tries the providers of one interpreter in the declared order. What is installed is built
//! beside its place and renamed into it at the end, so that an interpreter is there as a whole or not at all,
//! whenever somebody ends soabi.
//!
//! Nothing here asks a Python who it is (that is `soabi-python`'s), prints, or chooses a folder. No address of
//! any server is known either: they are the machine's own.

#![forbid(unsafe_code)]

mod debian;
mod installation;
mod place;
mod provider;
mod pyenv;
mod run;
mod source;
mod trouble;
mod uv;

pub use debian::Debian;
pub use installation::{Attempt, Installation, Witness};
pub use place::{Folders, Site};
pub use provider::{Download, Plan, Provider, Watch, providers};
pub use pyenv::Pyenv;
pub use run::{Invocation, Processes, Run, RunError};
pub use source::Source;
pub use trouble::Trouble;
pub use uv::Uv;
