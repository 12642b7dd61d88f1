//! apt with a configuration of soabi's own: another suite, other indexes, and nothing of the machine's changes.
//!
//! apt checks the suite's signature with the installed archive keyring, and every file against the checksums in
//! the signed index. What was downloaded once is not downloaded again, and what was begun is continued.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::debian::mirror;
use crate::error::InstallError;
use crate::installer::{Download, Progress};
use crate::place::Folders;
use crate::run::{Invocation, Run};

/// Where Debian's package `debian-archive-keyring` has the keys.
const KEYRING: &str = "usr/share/keyrings/debian-archive-keyring.gpg";

/// How long an index is not read again.
const FRESH: Duration = Duration::from_hours(1);

/// Which index of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Packages for this machine.
    Packages,
    /// Source packages.
    Sources,
}

impl Kind {
    /// The type of the source in `sources.list(5)`, and the name of the index.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Packages => ("deb", "Packages"),
            Self::Sources => ("deb-src", "Sources"),
        }
    }
}

/// apt, with one index of one suite.
pub(crate) struct Apt<'a> {
    suite: &'a str,
    /// The configuration, and what apt keeps.
    state: PathBuf,
    downloads: PathBuf,
    run: &'a dyn Run,
}

impl<'a> Apt<'a> {
    /// Writes the configuration and brings the index up to date, unless it was an hour ago.
    pub(crate) fn open(
        suite: &'a str,
        kind: Kind,
        folders: &Folders,
        run: &'a dyn Run,
        progress: &dyn Progress,
    ) -> Result<Self, InstallError> {
        let apt = Self::again(suite, kind, folders, run);
        if !run.has("apt-get") {
            return Err(InstallError::NoProgram {
                program: "apt-get",
                hint: "this way needs Debian or a system like it",
            });
        }
        let keyring = folders.system.join(KEYRING);
        if !keyring.is_file() {
            return Err(InstallError::NoKeyring(keyring));
        }
        let mirror = mirror::address(&folders.system.join("etc/apt"))?;
        let updated = apt.state.join("updated");
        if is_fresh(&updated, &mirror) {
            return Ok(apt);
        }
        apt.configure(kind, &keyring, &mirror)?;
        progress.phase("index", None);
        apt.run(&apt.invocation("apt-get").args(["-q", "update"]), &mut |line| progress.step(line))?;
        fs::write(&updated, mirror).map_err(InstallError::file(&updated))?;
        Ok(apt)
    }

    /// The same as it was opened before.
    pub(crate) fn again(suite: &'a str, kind: Kind, folders: &Folders, run: &'a dyn Run) -> Self {
        let state = folders.cache.join("apt").join(format!("{suite}-{}", kind.words().0));
        Self { suite, state, downloads: folders.cache.join("downloads"), run }
    }

    fn configure(&self, kind: Kind, keyring: &Path, mirror: &str) -> Result<(), InstallError> {
        for folder in ["lists/partial", "cache/archives/partial"] {
            let folder = self.state.join(folder);
            fs::create_dir_all(&folder).map_err(InstallError::file(&folder))?;
        }
        fs::create_dir_all(&self.downloads).map_err(InstallError::file(&self.downloads))?;
        let (word, index) = kind.words();
        let source = format!(
            "{word} [signed-by={} target={index} lang=none] {mirror} {} main\n",
            keyring.display(),
            self.suite
        );
        for (name, text) in [
            ("sources.list", &*source),
            ("apt.conf", &*configuration(&self.state, self.suite)),
            ("status", ""),
        ] {
            let file = self.state.join(name);
            fs::write(&file, text).map_err(InstallError::file(&file))?;
        }
        Ok(())
    }

    /// The files of the packages.
    pub(crate) fn sizes(&self, packages: &[String]) -> Result<Vec<Download>, InstallError> {
        let ask = self.invocation("apt-get").args(["download", "--print-uris"]).args(packages);
        let lines = self.run(&ask, &mut |_| {})?;
        let downloads: Vec<_> = lines.iter().filter_map(|line| download(line)).collect();
        if downloads.len() == packages.len() {
            return Ok(downloads);
        }
        Err(InstallError::Absent { what: packages.join(" "), suite: self.suite.to_owned() })
    }

    /// Downloads the packages, and returns the folder in which their files are.
    pub(crate) fn download(
        &self,
        packages: &[String],
        progress: &dyn Progress,
    ) -> Result<&Path, InstallError> {
        let get = self.invocation("apt-get").args(["-q", "download"]).args(packages).within(&self.downloads);
        self.run(&get, &mut |line| report_get(line, progress))?;
        Ok(&self.downloads)
    }

    /// The versions of a source package, the newest first, each with its files.
    pub(crate) fn versions(&self, package: &str) -> Result<Vec<(String, Vec<Download>)>, InstallError> {
        let ask = self.invocation("apt-cache").args(["showsrc", "--only-source", package]);
        let lines = self.run(&ask, &mut |_| {})?;
        let mut versions = source_versions(&lines);
        versions.reverse();
        if versions.is_empty() {
            return Err(InstallError::Absent { what: package.to_owned(), suite: self.suite.to_owned() });
        }
        Ok(versions)
    }

    /// Downloads the files of a source package, and returns the folder in which they are.
    pub(crate) fn source(
        &self,
        package: &str,
        version: &str,
        progress: &dyn Progress,
    ) -> Result<&Path, InstallError> {
        let what = format!("{package}={version}");
        let get = self.invocation("apt-get").args(["-q", "source", "--download-only", &what]);
        self.run(&get.within(&self.downloads), &mut |line| report_get(line, progress))?;
        Ok(&self.downloads)
    }

    fn invocation(&self, program: &str) -> Invocation {
        Invocation::new(program).args(["-c"]).path(&self.state.join("apt.conf"))
    }

    fn run(&self, invocation: &Invocation, see: &mut dyn FnMut(&str)) -> Result<Vec<String>, InstallError> {
        Ok(self.run.run(invocation, see)?)
    }
}

/// Whether the index was read from this mirror not long ago: `updated` was written when it was.
fn is_fresh(updated: &Path, mirror: &str) -> bool {
    let age = fs::metadata(updated).and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
    fs::read_to_string(updated).is_ok_and(|text| text == mirror) && matches!(age, Ok(Ok(age)) if age < FRESH)
}

/// Suites that Debian no longer updates. Their indexes are older than they may be for ever.
const ARCHIVED: [&str; 2] = ["bullseye", "buster"];

/// Everything that apt writes is in `state`. Proxies and the like remain the machine's, and so does
/// `Acquire::Check-Valid-Until` for suites that are updated: an old index of one may be a replayed one.
fn configuration(state: &Path, suite: &str) -> String {
    let state = state.display();
    let valid_until = if ARCHIVED.contains(&suite) { "Acquire::Check-Valid-Until \"false\";\n" } else { "" };
    format!(
        r#"Dir::Etc::SourceList "{state}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{state}";
Dir::State::Lists "{state}/lists";
Dir::State::status "{state}/status";
Dir::Cache "{state}/cache";
Dir::Cache::archives "{state}/cache/archives";
APT::Sandbox::User "";
APT::Update::Post-Invoke "";
APT::Update::Post-Invoke-Success "";
{valid_until}"#
    )
}

/// Reads `'http://mirror/pool/x.deb' x.deb 944972 SHA256:...`.
fn download(line: &str) -> Option<Download> {
    let mut words = line.strip_prefix('\'')?.split_once("' ")?.1.split(' ');
    Some(Download { name: words.next()?.to_owned(), bytes: words.next()?.parse().ok()? })
}

/// Reads the stanzas of `apt-cache showsrc`: `Version: 3.13.15-1`, and under `Checksums-Sha256:` the files.
fn source_versions(lines: &[String]) -> Vec<(String, Vec<Download>)> {
    let mut versions: Vec<(String, Vec<Download>)> = Vec::new();
    let mut in_files = false;
    for line in lines {
        if let Some(version) = line.strip_prefix("Version: ") {
            versions.push((version.to_owned(), Vec::new()));
        }
        let mut words = line.split_whitespace().skip(1);
        if let (true, true, Some((_, files)), Some(bytes), Some(name)) =
            (in_files, line.starts_with(' '), versions.last_mut(), words.next(), words.next())
            && let Ok(bytes) = bytes.parse()
        {
            files.push(Download { name: name.to_owned(), bytes });
        } else {
            in_files = line.starts_with("Checksums-Sha256:");
        }
    }
    versions
}

/// Shows what apt gets: `Get:1 http://mirror/debian sid/main amd64 python3.15 amd64 3.15.2-1 [945 kB]`.
fn report_get(line: &str, progress: &dyn Progress) {
    if let Some((_, what)) = line.strip_prefix("Get:").and_then(|rest| rest.split_once(' ')) {
        progress.step(what.split_once(' ').map_or(what, |(_, what)| what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_archived_suites_may_have_an_old_index() {
        let setting = "Acquire::Check-Valid-Until \"false\";";
        for (suite, expected) in [("bullseye", true), ("bookworm", false), ("sid", false)] {
            assert_eq!(configuration(Path::new("/state"), suite).contains(setting), expected, "{suite}");
        }
    }

    #[test]
    fn sizes_are_read() {
        let line = "'http://mirror.test/debian/pool/main/z/zlib_1%3a1.3_amd64.deb' zlib1g_1%3a1.3_amd64.deb 92424 SHA256:00";
        let expected = Download { name: "zlib1g_1%3a1.3_amd64.deb".to_owned(), bytes: 92424 };
        assert_eq!(download(line), Some(expected));
        for line in
            ["", "W: something", "'http://mirror.test/x.deb'", "'http://mirror.test/x.deb' x.deb many"]
        {
            assert_eq!(download(line), None, "{line}");
        }
    }

    #[test]
    fn versions_of_sources_are_read() {
        let text = "Package: python3.13\nVersion: 3.13.15-1\nFiles:\n aa 1 old.dsc\nChecksums-Sha256:\n bb 4040 a.dsc\n cc 23160540 a.orig.tar.xz\nHomepage: x\n\nPackage: python3.13\nVersion: 3.13.18-1\n";
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let file = |name: &str, bytes| Download { name: name.to_owned(), bytes };
        let files = vec![file("a.dsc", 4040), file("a.orig.tar.xz", 23_160_540)];
        assert_eq!(
            source_versions(&lines),
            [("3.13.15-1".to_owned(), files), ("3.13.18-1".to_owned(), Vec::new())]
        );
    }
}
