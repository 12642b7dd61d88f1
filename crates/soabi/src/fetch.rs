//! Wheels by name: fetched with the user's own pip, as it is configured, into the cache.
//!
//! soabi itself uses no network and knows no index. pip gives each interpreter one wheel, so it is asked once for each.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use soabi_core::AbiTag;
use soabi_install::{Invocation, Processes, Run, RunError};
use soabi_rules::installer::{Family, System};
use soabi_rules::tables::ExportTable;
use soabi_wheel::WheelFileName;

use crate::output::view::View;
use crate::progress::Phase;
use crate::requirement::Requirement;
use crate::source_error::SourceError;

/// What a folder of wheels has when all of them are there.
const COMPLETE: &str = ".complete";
/// What pip says when there is no wheel for an interpreter.
const NONE_FOR_IT: [&str; 2] = ["No matching distribution found", "Could not find a version"];

/// The wheels of a release that installers of this machine's kind take, from the cache or fetched into it. The newest
/// release, if the requirement names no version.
pub(crate) fn wheels(wanted: &Requirement, cache: &Path, view: &View) -> Result<Vec<PathBuf>, SourceError> {
    let root = cache.join("wheels");
    if let Some(folder) = wanted.folder(&root).filter(|folder| folder.join(COMPLETE).is_file()) {
        return Ok(listed(&folder));
    }
    let error = |source| SourceError::Keep { path: root.clone(), source };
    fs::create_dir_all(&root).map_err(error)?;
    let staged = tempfile::Builder::new().prefix(".fetching-").tempdir_in(&root).map_err(error)?;
    let fetch = Fetch { pip: pip()?, platforms: this_system().platforms(), folder: staged.path() };
    if !view.is_quiet() {
        anstream::eprintln!(
            "fetching {wanted} with `{} download --no-deps --only-binary :all:`, once for each Python, into {}",
            fetch.pip,
            root.display()
        );
    }
    let release = fetch.release(wanted, view)?;
    fs::write(staged.path().join(COMPLETE), "").map_err(error)?;
    let Some(folder) = release.folder(&root) else { return Ok(listed(staged.path())) };
    // Another run may have put it there meanwhile, with the same wheels.
    if fs::rename(staged.path(), &folder).is_err() && !folder.join(COMPLETE).is_file() {
        let _ = fs::remove_dir_all(&folder);
        fs::rename(staged.path(), &folder).map_err(error)?;
    }
    Ok(listed(&folder))
}

/// The wheels in a folder, by name.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut wheels: Vec<PathBuf> = files.filter(|path| path.extension() == Some(OsStr::new("whl"))).collect();
    wheels.sort();
    wheels
}

/// The user's pip: that of the active environment or of `PATH`, or uv's copy of it, which has no `download` itself.
fn pip() -> Result<Invocation, SourceError> {
    let has = |program: &str| Processes.has(program);
    if has("pip") {
        Ok(Invocation::new("pip"))
    } else if has("pip3") {
        Ok(Invocation::new("pip3"))
    } else if has("uv") {
        Ok(Invocation::new("uv").args(["tool", "run", "pip"]))
    } else {
        Err(SourceError::NoPip)
    }
}

/// A system of this machine's kind that is newer than any that a wheel needs.
fn this_system() -> System {
    let arch = std::env::consts::ARCH;
    match std::env::consts::OS {
        "macos" => System::new(Family::Macos, if arch == "aarch64" { "arm64" } else { arch }, (30, 0)),
        "windows" => System::new(Family::Windows, if arch == "aarch64" { "arm64" } else { "amd64" }, (0, 0)),
        _ if is_musl(arch) => System::new(Family::Musl, arch, (1, 9)),
        _ => System::new(Family::Glibc, arch, (2, 60)),
    }
}

/// Whether programs are linked with musl: its loader is there, and the cache that only glibc's has is not.
fn is_musl(arch: &str) -> bool {
    Path::new(&format!("/lib/ld-musl-{arch}.so.1")).exists() && !Path::new("/etc/ld.so.cache").exists()
}

struct Fetch<'a> {
    pip: Invocation,
    platforms: Vec<String>,
    folder: &'a Path,
}

impl Fetch<'_> {
    /// Fetches the wheels of one release, and names it.
    fn release(&self, wanted: &Requirement, view: &View) -> Result<Requirement, SourceError> {
        let mut pythons: Vec<AbiTag> = ExportTable::get().abis();
        pythons.retain(|python| is_asked_for(*python));
        pythons.reverse();
        let phase = Phase::begin("fetching", pythons.len(), view.is_quiet());
        let mut release = wanted.clone();
        let mut last = None;
        for python in pythons {
            match self.run(&release, python) {
                Ok(()) => {}
                Err(RunError::Failed { lines, .. }) if is_none_for_it(&lines) => last = Some(lines),
                Err(error) => {
                    return Err(SourceError::Fetch { wanted: wanted.to_string(), why: in_words(error) });
                }
            }
            phase.done();
            // The first wheel decides which version the others are of.
            if release.version.is_none() {
                release.version = self.version();
            }
        }
        if listed(self.folder).is_empty() {
            let why = last.map(|lines| lines.join("\n")).unwrap_or_default();
            return Err(SourceError::Fetch { wanted: wanted.to_string(), why });
        }
        Ok(release)
    }

    fn version(&self) -> Option<String> {
        let name = listed(self.folder).first()?.file_name()?.to_string_lossy().into_owned();
        Some(name.parse::<WheelFileName>().ok()?.version)
    }

    /// Fetches the wheel for an interpreter.
    fn run(&self, wanted: &Requirement, python: AbiTag) -> Result<(), RunError> {
        let version = python.python_version().map(|version| version.to_string()).unwrap_or_default();
        let abi = python.to_string();
        let stable = if abi.ends_with('t') { "abi3t" } else { "abi3" };
        let mut invocation = self.pip.clone().args([
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--implementation",
            "cp",
            "--python-version",
            &version,
            "--abi",
            &abi,
            "--abi",
            stable,
            "--abi",
            "none",
        ]);
        for platform in &self.platforms {
            invocation = invocation.args(["--platform", platform]);
        }
        let invocation = invocation.args(["--dest"]).path(self.folder).args([wanted.to_string()]);
        Processes.run(&invocation, &mut |_| {}).map(drop)
    }
}

/// The releases of CPython since 3.9, with the GIL and without.
fn is_asked_for(python: AbiTag) -> bool {
    matches!(python, AbiTag::Cpython(abi) if !abi.debug && (abi.version.major, abi.version.minor) >= (3, 9))
}

fn is_none_for_it(lines: &[String]) -> bool {
    lines.iter().any(|line| NONE_FOR_IT.iter().any(|words| line.contains(words)))
}

/// The last lines of pip, without those that say that it is pip.
fn in_words(error: RunError) -> String {
    match error {
        RunError::Failed { lines, .. } => lines.join("\n"),
        RunError::Start { source, .. } => source.to_string(),
    }
}
