//! pyenv, which builds CPython from its sources in a folder of its own, where it is found.

use crate::place::Site;
use crate::provider::{Plan, Provider, Watch};
use crate::run::{Invocation, Run};
use crate::trouble::Trouble;

/// `pyenv install`, with a shared library.
pub struct Pyenv<'a> {
    /// What pyenv is asked for: `3.13`, `3.13t`, `pypy3.11`. The newest patch level that pyenv knows.
    pub version: String,
    /// Options of `configure`, beside `--enable-shared`.
    pub configure: Vec<String>,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Pyenv<'_> {
    /// What is run. pyenv builds in place: what a killed one left is there by name, and `--force` makes it anew.
    /// soabi asks for an interpreter only when none is found.
    fn command(&self) -> Invocation {
        let options: Vec<_> =
            ["--enable-shared"].into_iter().chain(self.configure.iter().map(|option| &**option)).collect();
        Invocation::new("pyenv")
            .args(["install", "--force", &self.version])
            .env("PYTHON_CONFIGURE_OPTS", options.join(" "))
    }
}

impl Provider for Pyenv<'_> {
    fn name(&self) -> String {
        "pyenv".to_owned()
    }

    fn plan(&self, _: &dyn Watch) -> Result<Plan, Trouble> {
        if !self.run.has("pyenv") {
            return Err(Trouble::NoProgram { program: "pyenv", hint: "install pyenv" });
        }
        Ok(Plan { what: format!("`{}`", self.command()), downloads: Vec::new() })
    }

    fn install(&self, _: &Site, watch: &dyn Watch) -> Result<(), Trouble> {
        watch.phase("pyenv", None);
        self.run.run(&self.command(), &mut |line| watch.step(line))?;
        Ok(())
    }
}
