//! CPython, built from the upstream sources in Debian's source packages.

use std::fs;
use std::path::Path;

use soabi_python::SourcePackage;

use crate::debian::apt::{Apt, Kind};
use crate::error::InstallError;
use crate::installer::{Download, Installer, Plan, Progress};
use crate::place::{Folders, Site};
use crate::run::{Invocation, Run};

/// One build of a source package. Debian's patches are not applied.
pub struct SourceBuild<'a> {
    /// The source package.
    pub sources: SourcePackage,
    /// Options of `configure`.
    pub configure: Vec<String>,
    /// soabi's folders.
    pub folders: &'a Folders,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl SourceBuild<'_> {
    /// Downloads the newest version that the mirror really has, and returns its archive. An index may name some
    /// that the mirror no longer has, or not yet.
    fn download(&self, apt: &Apt<'_>, progress: &dyn Progress) -> Result<std::path::PathBuf, InstallError> {
        let versions = apt.versions(&self.sources.package)?;
        progress.phase("download", Some(versions[0].1.len()));
        let mut first = None;
        for (version, files) in versions {
            let Some(archive) = files.iter().find(|file| is_archive(file)) else { continue };
            match apt.source(&self.sources.package, &version, progress) {
                Ok(folder) => return Ok(folder.join(&archive.name)),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let absent =
            || InstallError::Absent { what: self.sources.package.clone(), suite: self.sources.suite.clone() };
        Err(first.unwrap_or_else(absent))
    }

    fn build(&self, sources: &Path, site: &Site, progress: &dyn Progress) -> Result<(), InstallError> {
        let place = site.place().display();
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let root = site.partial().join("root");
        let step = |what, invocation: Invocation| {
            progress.phase(what, None);
            self.run.run(&invocation.within(sources), &mut |line| progress.step(line))
        };
        let configure = Invocation::new("./configure")
            .args([format!("--prefix={place}")])
            .args(&self.configure)
            .args([format!("LDFLAGS=-Wl,-rpath,{place}/lib")]);
        step("configure", configure)?;
        step("make", Invocation::new("make").args([format!("-j{jobs}")]))?;
        step(
            "install",
            Invocation::new("make").args(["install".to_owned(), format!("DESTDIR={}", root.display())]),
        )?;
        // The build has put the tree where it will be, below `root`.
        let inside = site.place().strip_prefix("/").unwrap_or(site.place());
        site.finish(&root.join(inside))
    }
}

impl Installer for SourceBuild<'_> {
    fn name(&self) -> String {
        format!("sources of Debian {}", self.sources.suite)
    }

    fn plan(&self, progress: &dyn Progress) -> Result<Plan, InstallError> {
        for (program, hint) in [
            ("make", "install make"),
            ("cc", "install gcc and libc6-dev"),
            ("tar", "install tar"),
            ("xz", "install xz-utils"),
        ] {
            if !self.run.has(program) {
                return Err(InstallError::NoProgram { program, hint });
            }
        }
        let apt = Apt::open(&self.sources.suite, Kind::Sources, self.folders, self.run, progress)?;
        let (version, downloads) = apt.versions(&self.sources.package)?.swap_remove(0);
        let options = self.configure.join(" ");
        Ok(Plan { what: format!("build {} {version} with {options}", self.sources.package), downloads })
    }

    fn install(&self, site: &Site, progress: &dyn Progress) -> Result<(), InstallError> {
        let apt = Apt::again(&self.sources.suite, Kind::Sources, self.folders, self.run);
        let archive = self.download(&apt, progress)?;
        let sources = site.partial().join("sources");
        fs::create_dir(&sources).map_err(InstallError::file(&sources))?;
        progress.phase("unpack", None);
        let unpack = Invocation::new("tar").args(["--strip-components=1", "-xf"]).path(&archive);
        self.run.run(&unpack.args(["-C"]).path(&sources), &mut |_| {})?;
        self.build(&sources, site, progress)
    }
}

/// Upstream's archive: `python3.13_3.13.15.orig.tar.xz`.
fn is_archive(file: &Download) -> bool {
    file.name.contains(".orig.tar.") && !file.name.ends_with(".asc")
}
