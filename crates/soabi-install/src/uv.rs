//! uv, which keeps the Pythons that it manages in a folder of its own, where they are found.

use crate::place::Site;
use crate::provider::{Plan, Provider, Watch};
use crate::run::{Invocation, Run};
use crate::trouble::Trouble;

/// `uv python install`. uv itself puts an interpreter into its place as a whole, and checks checksums.
pub struct Uv<'a> {
    /// What uv is asked for: `3.14`, `3.14t`, `pypy3.11`.
    pub request: String,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Provider for Uv<'_> {
    fn name(&self) -> String {
        "uv".to_owned()
    }

    fn plan(&self, _: &dyn Watch) -> Result<Plan, Trouble> {
        if !self.run.has("uv") {
            return Err(Trouble::NoProgram { program: "uv", hint: "`pipx install uv`" });
        }
        Ok(Plan { what: format!("`uv python install {}`", self.request), downloads: Vec::new() })
    }

    fn install(&self, _: &Site, watch: &dyn Watch) -> Result<(), Trouble> {
        watch.phase("uv", None);
        let install = Invocation::new("uv").args(["python", "install", &self.request]);
        self.run.run(&install, &mut |line| watch.step(line))?;
        Ok(())
    }
}
