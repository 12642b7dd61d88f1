//! Debian's packages, unpacked without root into a folder of their own.
//!
//! A suite that is not the machine's brings its own C library. The interpreter is then made to use it
//! ([`relocate`]), and what it starts uses the machine's.

pub(crate) mod apt;
mod mirror;
mod relocate;

use std::fs;
use std::path::Path;

use soabi_python::Unpack;

use crate::error::InstallError;
use crate::installer::{Installer, Plan, Progress};
use crate::place::{Folders, Site};
use crate::run::{Invocation, Run};
use apt::Apt;

/// Some packages of one suite.
pub struct Debian<'a> {
    /// The suite: `sid`, `bullseye`.
    pub suite: String,
    /// The packages, and which interpreter in them is wanted.
    pub unpack: Unpack,
    /// soabi's folders.
    pub folders: &'a Folders,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Installer for Debian<'_> {
    fn name(&self) -> String {
        format!("packages of Debian {}", self.suite)
    }

    fn plan(&self, progress: &dyn Progress) -> Result<Plan, InstallError> {
        if !self.run.has("dpkg-deb") {
            return Err(InstallError::NoProgram {
                program: "dpkg-deb",
                hint: "this way needs Debian or a system like it",
            });
        }
        relocate::check(self.folders, self.run)?;
        let apt = Apt::open(&self.suite, apt::Kind::Packages, self.folders, self.run, progress)?;
        let downloads = apt.sizes(&self.unpack.packages)?;
        let what = format!("unpack {} packages of Debian {}", downloads.len(), self.suite);
        Ok(Plan { what, downloads })
    }

    fn install(&self, site: &Site, progress: &dyn Progress) -> Result<(), InstallError> {
        let apt = Apt::again(&self.suite, apt::Kind::Packages, self.folders, self.run);
        let downloads = apt.sizes(&self.unpack.packages)?;
        progress.phase("download", Some(downloads.len()));
        let folder = apt.download(&self.unpack.packages, progress)?;
        progress.phase("unpack", Some(downloads.len()));
        let tree = site.partial().join("root");
        fs::create_dir(&tree).map_err(InstallError::file(&tree))?;
        for download in &downloads {
            progress.step(&download.name);
            let unpack =
                Invocation::new("dpkg-deb").args(["-x"]).path(&folder.join(&download.name)).path(&tree);
            self.run.run(&unpack, &mut |_| {})?;
        }
        let program = relocate::relocate(&tree, site.place(), &self.unpack.python, self.folders, self.run)?;
        site.finish(&tree)?;
        progress.phase("compile", None);
        self.compile_library(&program, site.place());
        Ok(())
    }
}

impl Debian<'_> {
    /// Compiles the standard library, as the packages do when they are configured. Without bytecode an interpreter
    /// compiles what it needs at every start, which makes a debug build three times as slow. It is an interpreter
    /// all the same, so it does not matter whether this ends well.
    fn compile_library(&self, program: &Path, place: &Path) {
        let compile = Invocation::new(program.display().to_string());
        let compile = compile.args(["-E", "-s", "-S", "-m", "compileall", "-q"]).path(&place.join("usr/lib"));
        let _ = self.run.run(&compile, &mut |_| {});
    }
}
