//! CPython built from the sources that Debian has of it, as upstream released them.

use std::fs;
use std::path::Path;

use crate::debian::apt::{Apt, Kind};
use crate::place::{Folders, Site};
use crate::provider::{Download, Plan, Provider, Watch};
use crate::run::{Invocation, Run};
use crate::trouble::Trouble;

/// One build of a source package. Debian's patches are not applied.
pub struct Source<'a> {
    /// The suite: `sid`, `bullseye`.
    pub suite: String,
    /// The source package: `python3.13`.
    pub package: String,
    /// Options of `configure`.
    pub configure: Vec<String>,
    /// soabi's folders.
    pub folders: &'a Folders,
    /// The programs of the machine.
    pub run: &'a dyn Run,
}

impl Source<'_> {
    /// Downloads the newest version that the mirror really has, and returns its archive. An index may name some
    /// that the mirror no longer has, or not yet.
    fn download(&self, apt: &Apt<'_>, watch: &dyn Watch) -> Result<std::path::PathBuf, Trouble> {
        let versions = apt.versions(&self.package)?;
        watch.phase("download", Some(versions[0].1.len()));
        let mut first = None;
        for (version, files) in versions {
            let Some(archive) = files.iter().find(|file| is_archive(file)) else { continue };
            match apt.source(&self.package, &version, watch) {
                Ok(folder) => return Ok(folder.join(&archive.name)),
                Err(trouble) => first = first.or(Some(trouble)),
            }
        }
        let absent = || Trouble::NotThere { what: self.package.clone(), suite: self.suite.clone() };
        Err(first.unwrap_or_else(absent))
    }

    fn build(&self, sources: &Path, site: &Site, watch: &dyn Watch) -> Result<(), Trouble> {
        let place = site.place().display();
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let root = site.partial().join("root");
        let step = |what, invocation: Invocation| {
            watch.phase(what, None);
            self.run.run(&invocation.within(sources), &mut |line| watch.step(line))
        };
        let configure = Invocation::new("./configure")
            .args([format!("--prefix={place}"), "--enable-shared".to_owned()])
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

impl Provider for Source<'_> {
    fn name(&self) -> String {
        format!("sources of Debian {}", self.suite)
    }

    fn plan(&self, watch: &dyn Watch) -> Result<Plan, Trouble> {
        for (program, hint) in [
            ("make", "install make"),
            ("cc", "install gcc and libc6-dev"),
            ("tar", "install tar"),
            ("xz", "install xz-utils"),
        ] {
            if !self.run.has(program) {
                return Err(Trouble::NoProgram { program, hint });
            }
        }
        let apt = Apt::open(&self.suite, Kind::Sources, self.folders, self.run, watch)?;
        let (version, downloads) = apt.versions(&self.package)?.swap_remove(0);
        let options = self.configure.join(" ");
        Ok(Plan { what: format!("build {} {version} with {options}", self.package), downloads })
    }

    fn install(&self, site: &Site, watch: &dyn Watch) -> Result<(), Trouble> {
        let apt = Apt::again(&self.suite, Kind::Sources, self.folders, self.run);
        let archive = self.download(&apt, watch)?;
        let sources = site.partial().join("sources");
        fs::create_dir(&sources).map_err(Trouble::file(&sources))?;
        watch.phase("unpack", None);
        let unpack = Invocation::new("tar").args(["--strip-components=1", "-xf"]).path(&archive);
        self.run.run(&unpack.args(["-C"]).path(&sources), &mut |_| {})?;
        self.build(&sources, site, watch)
    }
}

/// Upstream's archive: `python3.13_3.13.15.orig.tar.xz`.
fn is_archive(file: &Download) -> bool {
    file.name.contains(".orig.tar.") && !file.name.ends_with(".asc")
}
