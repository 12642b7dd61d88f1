//! `soabi ci`: files for continuous integration: for a project whose wheels are audited, and for soabi's own matrix.

use std::path::Path;

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
    let own = match args.file {
        CiFile::Github => Some(("github", "`soabi ci github-audit`")),
        CiFile::Gitlab => Some(("gitlab", "`soabi ci gitlab-audit`")),
        _ => None,
    };
    if let Some((name, other)) = own.filter(|_| !Path::new("crates/soabi").is_dir()) {
        anstream::eprintln!(
            "note: `soabi ci {name}` is for soabi's own repository, and builds soabi from it; {other} is for your project"
        );
    }
    Ok(Exit::Clean)
}
