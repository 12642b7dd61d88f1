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
    /// The workflow for GitHub Actions
    Github,
    /// The pipeline for GitLab CI/CD
    Gitlab,
    /// Which interpreter is in which image: a table for ci/container.sh
    Containers,
}
