//! The command line of `soabi abi3audit`: that of abi3audit 0.0.26.

use std::path::PathBuf;

use clap::Args;
use soabi_core::PyVersion;

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of abi3audit's command line")]
#[derive(Args, Debug)]
pub(crate) struct Abi3AuditArgs {
    /// A wheel, a shared object (.so, .pyd), or a package to fetch: NAME or NAME==VERSION
    #[arg(value_name = "SPEC", required = true)]
    pub(crate) specs: Vec<String>,
    /// Tell what each step does, on stderr
    #[arg(long)]
    pub(crate) debug: bool,
    /// Generate a JSON report; uses --output
    #[arg(short = 'R', long)]
    pub(crate) report: bool,
    /// The path to write the JSON report to [default: stdout]
    #[arg(short, long, value_name = "OUTPUT")]
    pub(crate) output: Option<PathBuf>,
    /// Always output a summary, even if there are no violations and no mismatches
    #[arg(short, long)]
    pub(crate) summary: bool,
    /// Fail the entire audit if an individual audit step fails
    #[arg(short = 'S', long)]
    pub(crate) strict: bool,
    /// Assumed abi3 version (3.x, with x>=2) if it cannot be detected
    #[arg(long, value_name = "3.X", value_parser = minimum)]
    pub(crate) assume_minimum_abi3: Option<PyVersion>,
}

/// A version that has abi3.
fn minimum(text: &str) -> Result<PyVersion, String> {
    let version: Option<PyVersion> = text.parse().ok();
    let has_abi3 = |version: &PyVersion| version.major == 3 && version.minor >= 2;
    version.filter(has_abi3).ok_or_else(|| format!("must have syntax '3.x', with x>=2; you gave '{text}'"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// abi3audit's own test cases (`test_minimum_version.py`).
    #[rstest]
    #[case("3.3", true)]
    #[case("3.12", true)]
    #[case("3.a", false)]
    #[case("2.7", false)]
    #[case("3.1", false)]
    #[case("4.0", false)]
    #[case("5", false)]
    #[case("3", false)]
    #[case("3.7.1", false)]
    fn minimum_versions(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(minimum(text).is_ok(), is_one);
    }
}
