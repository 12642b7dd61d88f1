//! `soabi ci`: files for continuous integration: for a project whose wheels are audited, and for soabi's own matrix.

use soabi_python::manifests;

use crate::cli::ci::{CiArgs, CiFile};
use crate::error::Error;
use crate::exit::Exit;
use crate::{ci, output};

/// Writes the file.
pub(crate) fn run(args: &CiArgs) -> Result<Exit, Error> {
    let text = match args.file {
        CiFile::Cibuildwheel => ci::for_a_project("cibuildwheel"),
        CiFile::GithubAudit => ci::for_a_project("GitHub Actions"),
        CiFile::GitlabAudit => ci::for_a_project("GitLab"),
        CiFile::PreCommit => ci::for_a_project("pre-commit"),
        CiFile::Github => ci::github(args.shards, manifests()),
        CiFile::Gitlab => ci::gitlab(args.shards, manifests()),
        CiFile::Containers => ci::containers(manifests()),
    };
    output::deliver(&text, &args.report)?;
    Ok(Exit::Clean)
}
