//! What `soabi matrix` is given of somebody's, and how that is run.

use std::path::PathBuf;

use clap::{Args, value_parser};
use soabi_core::Selection;

#[derive(Args, Debug)]
pub(crate) struct GivenOptions {
    /// Wheels, folders of wheels, environments, extension modules; without any, soabi builds and runs its own
    #[arg(value_name = "WHEEL|FOLDER|MODULE")]
    pub(crate) artifacts: Vec<PathBuf>,
    /// Import wheels in every interpreter, also in those that their tags do not name
    #[arg(long, requires = "named")]
    pub(crate) all_pythons: bool,
    /// Everything has to be witnessed in these interpreters: it is not enough that they are not here. Repeatable
    #[arg(long, value_name = "VERSIONS|ID", requires = "artifacts")]
    pub(crate) require: Vec<Selection>,
    /// Find what wheels depend on in this folder of wheels. Repeatable
    #[arg(long, value_name = "DIR", requires = "artifacts")]
    pub(crate) deps: Vec<PathBuf>,
    /// Let uv or pip get what wheels depend on, for each interpreter, before anything runs; uses the network
    #[arg(long, requires = "artifacts")]
    pub(crate) with_deps: bool,
    /// Run this command in each interpreter as well, with the wheel and its dependencies in place: a shell's, in which
    /// `python` is the interpreter
    #[arg(long, value_name = "COMMAND", requires = "artifacts", conflicts_with = "pytest")]
    pub(crate) test: Option<String>,
    /// The same for `python -m pytest ARGS`
    #[arg(long, value_name = "ARGS", requires = "artifacts", allow_hyphen_values = true)]
    pub(crate) pytest: Option<String>,
    /// Call this again and again in a module of a wheel, and say how many references and blocks of memory it leaves;
    /// in debug builds, which count them: `--call 'pkg._spam:system("true")'`
    #[arg(long, value_name = "MODULE:EXPRESSION", requires = "artifacts", value_parser = call)]
    pub(crate) call: Option<(String, String)>,
    /// How often it is called
    #[arg(long, value_name = "N", requires = "call", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
    pub(crate) calls: u32,
}

/// A module and an expression in its names.
fn call(text: &str) -> Result<(String, String), String> {
    let is_dotted =
        |module: &str| module.split('.').all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    let parts = text
        .split_once(':')
        .filter(|(module, expression)| is_dotted(module) && !expression.trim().is_empty());
    let (module, expression) = parts.ok_or("not MODULE:EXPRESSION, such as `pkg._spam:system(\"true\")`")?;
    Ok((module.to_owned(), expression.trim().to_owned()))
}

impl GivenOptions {
    /// The author's own checks, as a command of a shell.
    pub(crate) fn checks(&self) -> Option<String> {
        let pytest = |args: &String| format!("python -m pytest -p no:cacheprovider {args}");
        self.test.clone().or_else(|| self.pytest.as_ref().map(pytest))
    }
}
