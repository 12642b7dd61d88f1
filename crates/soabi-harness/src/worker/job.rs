//! What a worker is asked to do.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use soabi_child::protocol::{JOB_WORDS, LoadRequest, words};
use soabi_core::PyVersion;

use crate::foreign::missing::Own;
use crate::foreign::placed::Distribution;

/// How much an imported module is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The first few probes.
    Brief,
    /// Every probe.
    Full,
    /// Every probe, and what subinterpreters make of it.
    Thorough,
}

impl Depth {
    fn as_str(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Full => "full",
            Self::Thorough => "thorough",
        }
    }
}

/// A call that is repeated in a module, to see what it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The dotted name of the module.
    pub module: String,
    /// What is called: an expression in the names of the module.
    pub expression: String,
    /// How often.
    pub count: u32,
}

/// One thing to be done by a worker.
#[derive(Clone, Debug)]
pub enum Job {
    /// Import `module` from the folder `dir`, then run the probes.
    Import {
        /// The module's name.
        module: String,
        /// The folder that holds the module's file and nothing else.
        dir: PathBuf,
        /// The interpreter's version.
        version: PyVersion,
        /// The probe group.
        probes: Option<&'static str>,
        /// How much is asked.
        depth: Depth,
    },
    /// Import a module of something that was installed.
    Placed(Place),
    /// Import a package, and then each of its modules in a process that begins where the package is imported.
    Family {
        /// The package.
        package: Place,
        /// The modules: their dotted names and their files.
        members: Vec<Place>,
    },
    /// Run the author's own checks.
    Test {
        /// The command, for a shell.
        command: String,
        /// Where it is run.
        folder: PathBuf,
        /// A folder in which `python` is the interpreter; then those on the path of modules.
        path: Vec<PathBuf>,
    },
    /// Open a file and look for the init symbol.
    Load(LoadRequest),
}

/// A module of something that was installed, and where it is imported.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its dotted name.
    pub module: String,
    /// The file that it has to come from; `None` for a package, whatever it is made of.
    pub file: Option<PathBuf>,
    /// What it is a part of.
    pub distribution: Arc<Distribution>,
    /// The folders on the path.
    pub path: Vec<PathBuf>,
    /// The interpreter's version.
    pub version: PyVersion,
    /// How much is asked.
    pub depth: Depth,
    /// What is called in it.
    pub calls: Option<Calls>,
}

impl Place {
    /// The file, or nothing.
    fn file(&self) -> &[u8] {
        self.file.as_deref().map(bytes).unwrap_or_default()
    }
}

impl Job {
    /// The module that is imported, if any.
    pub(super) fn module(&self) -> &str {
        match self {
            Self::Import { module, .. }
            | Self::Placed(Place { module, .. })
            | Self::Family { package: Place { module, .. }, .. } => module,
            Self::Load(_) | Self::Test { .. } => "",
        }
    }

    /// Whether it is a package that is imported, whatever it is made of.
    pub(super) fn is_a_package(&self) -> bool {
        matches!(self, Self::Placed(Place { file: None, .. }) | Self::Family { .. })
    }

    /// What is its own; of what is only loaded, nothing.
    pub(super) fn own(&self) -> Option<Own<'_>> {
        match self {
            Self::Import { module, dir, version, probes: None, .. } => {
                Some(Own { site: dir, top_level: std::slice::from_ref(module), version: *version })
            }
            Self::Import { .. } | Self::Test { .. } => None,
            Self::Placed(Place { distribution, version, .. })
            | Self::Family { package: Place { distribution, version, .. }, .. } => {
                Some(Own { site: &distribution.site, top_level: &distribution.top_level, version: *version })
            }
            Self::Load(_) => Some(Own { site: Path::new(""), top_level: &[], version: PyVersion::new(3, 0) }),
        }
    }

    /// Where the file under test is: its folder, or itself.
    pub(super) fn place(&self) -> &Path {
        match self {
            Self::Import { dir, .. } | Self::Test { folder: dir, .. } => dir,
            Self::Placed(Place { file: Some(file), .. }) => file.parent().unwrap_or(file),
            Self::Placed(Place { distribution, .. })
            | Self::Family { package: Place { distribution, .. }, .. } => &distribution.site,
            Self::Load(LoadRequest { path, .. }) => path,
        }
    }

    /// The job as the worker reads it, with its key and its time limit.
    pub(super) fn words(&self, key: &str, limit: Duration) -> Vec<u8> {
        let limit = limit.as_secs().saturating_add(1).to_string();
        let (key, limit) = (key.as_bytes(), limit.as_bytes());
        let job: [&[u8]; JOB_WORDS] = match self {
            Self::Import { module, dir, probes, depth, .. } => {
                let (probes, depth) = (probes.unwrap_or_default(), depth.as_str());
                [
                    key,
                    b"import",
                    module.as_bytes(),
                    bytes(dir),
                    probes.as_bytes(),
                    depth.as_bytes(),
                    b"",
                    limit,
                ]
            }
            Self::Placed(place) => {
                let calls = place.calls.as_ref();
                let calls = calls.map(|Calls { count, expression, .. }| format!("{count}\n{expression}"));
                let (module, path) = (place.module.as_bytes(), lines(&place.path));
                let (depth, calls) = (place.depth.as_str().as_bytes(), calls.unwrap_or_default());
                return words([key, b"placed", module, &path, place.file(), depth, calls.as_bytes(), limit]);
            }
            Self::Family { package, members } => {
                let members: Vec<_> = members
                    .iter()
                    .map(|place| [place.module.as_bytes(), b"\t", place.file()].concat())
                    .collect();
                let (module, path, members) =
                    (package.module.as_bytes(), lines(&package.path), members.join(&b'\n'));
                return words([key, b"family", module, &path, &members, b"", b"", limit]);
            }
            Self::Test { command, folder, path } => {
                return words([
                    key,
                    b"test",
                    b"",
                    &lines(path),
                    command.as_bytes(),
                    bytes(folder),
                    b"",
                    limit,
                ]);
            }
            Self::Load(LoadRequest { path, symbols }) => {
                return words([
                    key,
                    b"load",
                    b"",
                    bytes(path),
                    symbols.join(" ").as_bytes(),
                    b"",
                    b"",
                    limit,
                ]);
            }
        };
        words(job)
    }
}

/// Paths with newlines between. None of them has one: whoever places a module sees to that.
fn lines(paths: &[PathBuf]) -> Vec<u8> {
    paths.iter().map(|path| bytes(path)).collect::<Vec<_>>().join(&b'\n')
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}
