//! `soabi ci`: the matrix for continuous integration.

use soabi_python::manifests;

use crate::cli::ci::{CiArgs, CiFile};
use crate::error::Error;
use crate::exit::Exit;
use crate::{ci, output};

/// Writes the file.
pub(crate) fn run(args: &CiArgs) -> Result<Exit, Error> {
    let text = match args.file {
        CiFile::Github => ci::github(args.shards, manifests()),
        CiFile::Gitlab => ci::gitlab(args.shards, manifests()),
        CiFile::Containers => ci::containers(manifests()),
    };
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}
