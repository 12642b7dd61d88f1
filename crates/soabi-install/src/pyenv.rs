//! pyenv, which builds CPython from its sources in a folder of its own, where it is found.

use crate::error::InstallError;
use crate::installer::{Installer, Plan, Progress};
use crate::place::Site;
use crate::run::{Invocation, Run};

/// `pyenv install`, with a shared library.
pub struct Pyenv<'a> {
    /// The version: `3.13`, `3.13t`, `pypy3.11`. pyenv takes the newest patch level that it has.
    pub version: String,
    /// Options of `configure`. Empty for what pyenv does not build.
    pub configure: Vec<String>,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Pyenv<'_> {
    /// The command. pyenv builds in place: what a killed run left has the name of the interpreter, and `--force` builds
    /// it again. soabi installs an interpreter only when none is found.
    fn command(&self) -> Invocation {
        let install = Invocation::new("pyenv").args(["install", "--force", &self.version]);
        if self.configure.is_empty() {
            return install;
        }
        install.env("PYTHON_CONFIGURE_OPTS", self.configure.join(" "))
    }
}

impl Installer for Pyenv<'_> {
    fn name(&self) -> String {
        "pyenv".to_owned()
    }

    fn plan(&self, _: &dyn Progress) -> Result<Plan, InstallError> {
        if !self.run.has("pyenv") {
            return Err(InstallError::NoProgram { program: "pyenv", hint: "install pyenv" });
        }
        Ok(Plan { what: format!("`{}`", self.command()), downloads: Vec::new() })
    }

    fn install(&self, _: &Site, progress: &dyn Progress) -> Result<(), InstallError> {
        progress.phase("pyenv", None);
        self.run.run(&self.command(), &mut |line| progress.step(line))?;
        Ok(())
    }
}
