//! Installs Pythons that a machine does not have.
//!
//! The manifests declare the ways ([`InstallMethod`](soabi_python::InstallMethod)); an [`Installer`] carries one out,
//! one file for each; an [`Installation`] tries the installers of one interpreter in the declared order. An
//! interpreter is built beside its place and renamed into it at the end, so that it is there as a whole or not at
//! all, whenever soabi is ended.
//!
//! Nothing here queries a Python (`soabi-python` does that), prints, or chooses a folder. It contains no server
//! addresses either: they are in the machine's own configuration.

#![forbid(unsafe_code)]

mod debian;
mod error;
mod installation;
mod installer;
mod methods;
mod place;
mod pyenv;
mod run;
mod source_build;
mod uv;

pub use debian::Debian;
pub use error::InstallError;
pub use installation::{Attempt, Confirm, Installation};
pub use installer::{Download, Installer, Plan, Progress};
pub use methods::installers;
pub use place::{Folders, Site};
pub use pyenv::Pyenv;
pub use run::{Invocation, Processes, Run, RunError};
pub use source_build::SourceBuild;
pub use uv::Uv;
