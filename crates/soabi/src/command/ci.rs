//! `soabi ci`: the matrix as a workflow for continuous integration.

use soabi_python::manifests;

use crate::cli::CiArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::{ci, output};

/// Writes the workflow.
pub(crate) fn run(args: &CiArgs) -> Result<Exit, Error> {
    output::deliver(&ci::workflow(args.service, args.shards, manifests()), &args.report)?;
    Ok(Exit::Clean)
}
