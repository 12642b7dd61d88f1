//! uv, which keeps the Pythons that it manages in a folder of its own, where they are found.

use crate::error::InstallError;
use crate::installer::{Installer, Plan, Progress};
use crate::place::Site;
use crate::run::{Invocation, Run};

/// `uv python install`. uv itself puts an interpreter into its place as a whole, and checks checksums.
pub struct Uv<'a> {
    /// The request: `3.14`, `3.14t`, `pypy3.11`.
    pub request: String,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Installer for Uv<'_> {
    fn name(&self) -> String {
        "uv".to_owned()
    }

    fn plan(&self, _: &dyn Progress) -> Result<Plan, InstallError> {
        if !self.run.has("uv") {
            return Err(InstallError::NoProgram { program: "uv", hint: "`pipx install uv`" });
        }
        Ok(Plan { what: format!("`uv python install {}`", self.request), downloads: Vec::new() })
    }

    fn install(&self, _: &Site, progress: &dyn Progress) -> Result<(), InstallError> {
        progress.phase("uv", None);
        let install = Invocation::new("uv").args(["python", "install", &self.request]);
        self.run.run(&install, &mut |line| progress.step(line))?;
        Ok(())
    }
}
