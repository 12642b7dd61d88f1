//! The command line of `soabi ci`.

use clap::{Args, ValueEnum};

use super::options::ReportOptions;

#[derive(Args, Debug)]
pub(crate) struct CiArgs {
    /// What to write
    #[arg(value_enum, value_name = "FILE")]
    pub(crate) file: CiFile,
    /// Cut the matrix of each interpreter that uv has in so many jobs, at most 16
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u8).range(1..=16), value_name = "N")]
    pub(crate) shards: u8,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiFile {
    /// For your project: the audit step of cibuildwheel, for pyproject.toml
    Cibuildwheel,
    /// For your project: a job of GitHub Actions that audits the wheels of a run
    GithubAudit,
    /// For your project: a job of GitLab CI/CD that audits the wheels of a pipeline
    GitlabAudit,
    /// For your project: hooks for .pre-commit-config.yaml
    PreCommit,
    /// For soabi itself: the workflow of its matrix for GitHub Actions
    Github,
    /// For soabi itself: the pipeline of its matrix for GitLab CI/CD
    Gitlab,
    /// For soabi itself: which interpreter is in which image, a table for ci/container.sh
    Containers,
}
