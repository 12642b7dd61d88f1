//! Debian's packages, unpacked without root into a folder of their own.
//!
//! A suite that is not the machine's brings its own C library. The interpreter is then made to use it
//! ([`relocate`]), and what it starts uses the machine's.

pub(crate) mod apt;
mod mirror;
mod relocate;

use std::fs;
use std::path::Path;

use crate::place::{Folders, Site};
use crate::provider::{Plan, Provider, Watch};
use crate::run::{Invocation, Run};
use crate::trouble::Trouble;
use apt::Apt;

/// Some packages of one suite.
pub struct Debian<'a> {
    /// The suite: `sid`, `bullseye`.
    pub suite: String,
    /// The packages: the interpreter's, and the libraries that it needs and the machine may not have.
    pub packages: Vec<String>,
    /// The interpreter that is wanted of those in the packages: `usr/bin/python3.15-dbg`.
    pub python: String,
    /// soabi's folders.
    pub folders: &'a Folders,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Provider for Debian<'_> {
    fn name(&self) -> String {
        format!("packages of Debian {}", self.suite)
    }

    fn plan(&self, watch: &dyn Watch) -> Result<Plan, Trouble> {
        if !self.run.has("dpkg-deb") {
            return Err(Trouble::NoProgram {
                program: "dpkg-deb",
                hint: "this way is for Debian and its kin",
            });
        }
        relocate::check(self.folders, self.run)?;
        let apt = Apt::open(&self.suite, apt::Kind::Packages, self.folders, self.run, watch)?;
        let downloads = apt.sizes(&self.packages)?;
        let what = format!("unpack {} packages of Debian {}", downloads.len(), self.suite);
        Ok(Plan { what, downloads })
    }

    fn install(&self, site: &Site, watch: &dyn Watch) -> Result<(), Trouble> {
        let apt = Apt::again(&self.suite, apt::Kind::Packages, self.folders, self.run);
        let downloads = apt.sizes(&self.packages)?;
        watch.phase("download", Some(downloads.len()));
        let folder = apt.download(&self.packages, watch)?;
        watch.phase("unpack", Some(downloads.len()));
        let tree = site.partial().join("root");
        fs::create_dir(&tree).map_err(Trouble::file(&tree))?;
        for download in &downloads {
            watch.step(&download.name);
            let unpack =
                Invocation::new("dpkg-deb").args(["-x"]).path(&folder.join(&download.name)).path(&tree);
            self.run.run(&unpack, &mut |_| {})?;
        }
        let program = relocate::relocate(&tree, site.place(), &self.python, self.folders, self.run)?;
        site.finish(&tree)?;
        watch.phase("compile", None);
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
