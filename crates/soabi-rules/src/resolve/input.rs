//! What the resolver is given: the files of a distribution, and what surrounds them.
//!
//! Everything is borrowed from facts that were read elsewhere. Whether a name is Python's is asked of the caller.

use soabi_object::{Arch, Format, ObjectFacts, ObjectKind, Provider, Strength};

use super::sources::Sources;
use crate::platform::{Apple, Libc, PlatformTag};
use crate::tables::system::Dotted;

/// A native file, or one slice of a universal file.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Its path inside the wheel, or its name alone.
    pub path: &'a str,
    /// The file format.
    pub format: Format,
    /// The machine.
    pub arch: Arch,
    /// What it is for.
    pub role: Role,
    /// What it calls itself: ELF `DT_SONAME`, the install name of Mach-O.
    pub soname: Option<&'a str>,
    /// The libraries that it needs, in its own order.
    pub needed: Vec<Need<'a>>,
    /// ELF `DT_RPATH`.
    pub rpath: Vec<&'a str>,
    /// ELF `DT_RUNPATH`, Mach-O `LC_RPATH`.
    pub runpath: Vec<&'a str>,
    /// What it imports.
    pub imports: Vec<Import<'a>>,
    /// What it exports.
    pub exports: Vec<Export<'a>>,
    /// The versions that it asks of libraries (ELF).
    pub versions: Vec<VersionNeed<'a>>,
    /// The oldest macOS that it says it runs on.
    pub minimum_os: Option<Dotted>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// An extension module: Python loads it.
    Extension,
    /// Another library. It is loaded if something that is loaded needs it, or if Python code opens it.
    Library,
    /// A program.
    Program,
    /// Nothing loads it.
    NotLoadable,
}

/// A library that a file needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need<'a> {
    /// The name as it is written.
    pub name: &'a str,
    /// What happens when it is not there.
    pub strength: Strength,
}

/// An imported symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// The name.
    pub name: &'a str,
    /// Whether the file loads without it.
    pub weak: bool,
    /// Whether the dynamic linker looks for it when the file is loaded: a relocation names it. A linker may leave an
    /// undefined symbol in the table that none names.
    pub used: bool,
    /// The library that has to have it, where the file names one.
    pub library: Option<&'a str>,
    /// The version that it has to have (ELF).
    pub version: Option<&'a str>,
    /// Whether the program itself has to have it (Mach-O bundles).
    pub of_program: bool,
}

/// An exported symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// The name.
    pub name: &'a str,
    /// Its version (ELF).
    pub version: Option<&'a str>,
}

/// A version that a file asks of a library (ELF).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionNeed<'a> {
    /// The library.
    pub library: &'a str,
    /// The version: `GLIBC_2.17`.
    pub version: &'a str,
    /// Whether the file loads without it.
    pub weak: bool,
}

impl<'a> File<'a> {
    /// The file at `path` with these facts. `extension` says whether Python imports it.
    pub fn of(path: &'a str, facts: &'a ObjectFacts, extension: bool) -> Self {
        let role = match facts.kind {
            ObjectKind::Library if extension => Role::Extension,
            ObjectKind::Library => Role::Library,
            ObjectKind::Executable | ObjectKind::PieExecutable => Role::Program,
            ObjectKind::NotLoadable => Role::NotLoadable,
        };
        let import = |import: &'a soabi_object::Import| Import {
            name: &import.name,
            weak: import.weak,
            used: import.uses.any() || !relocates(facts),
            library: match &import.version {
                Some(version) => Some(&version.library),
                None => import.from.library(),
            },
            version: import.version.as_ref().map(|version| &*version.version),
            of_program: import.from == Provider::Executable,
        };
        let versions = facts.versions.iter();
        Self {
            path,
            format: facts.format,
            arch: facts.arch,
            role,
            soname: facts.soname.as_deref(),
            needed: facts
                .needed
                .iter()
                .map(|need| Need { name: &need.name, strength: need.strength })
                .collect(),
            rpath: facts.rpath.iter().map(String::as_str).collect(),
            runpath: facts.runpath.iter().map(String::as_str).collect(),
            imports: facts.imports.iter().map(import).collect(),
            exports: facts
                .exports
                .iter()
                .map(|export| Export { name: &export.name, version: export.version.as_deref() })
                .collect(),
            versions: versions
                .map(|need| VersionNeed { library: &need.library, version: &need.version, weak: need.weak })
                .collect(),
            minimum_os: facts.minimum_os.as_ref().map(|os| Dotted::new(os.version.0, os.version.1.into())),
        }
    }

    /// Its name without folders.
    pub fn file_name(&self) -> &'a str {
        base_name(self.path)
    }
}

/// Whether every symbol that a file looks for is named by a relocation: in ELF, for the machines that soabi knows. MIPS,
/// for one, has a table of its own.
fn relocates(facts: &ObjectFacts) -> bool {
    facts.format == Format::Elf && !matches!(facts.arch, Arch::Other(_))
}

/// The last part of a path, whichever separator it has.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The system that the tags of a wheel promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// The C library of Linux or Android. `None` when no tag names one: `linux_x86_64`, or no wheel at all.
    pub libc: Option<Libc>,
    /// The system of Apple's. `None` when no tag names one.
    pub apple: Option<Apple>,
    /// The oldest version of the C library, of macOS or iOS, or the API level of Android.
    pub version: Option<Dotted>,
}

impl Promise {
    /// What the tags promise together: the oldest system that one of them names.
    pub fn of<'t, 'a: 't>(tags: impl IntoIterator<Item = &'t PlatformTag<'a>>) -> Self {
        let mut promise = Self::default();
        for tag in tags {
            let (libc, version) = match tag {
                PlatformTag::Manylinux { glibc, .. } => (Some(Libc::Gnu), *glibc),
                PlatformTag::Musllinux { musl, .. } => (Some(Libc::Musl), *musl),
                PlatformTag::Android { api, .. } => (Some(Libc::Bionic), (*api, 0)),
                PlatformTag::Macos { version, .. } | PlatformTag::Ios { version, .. } => (None, *version),
                _ => continue,
            };
            promise.apple = promise.apple.or(match tag {
                PlatformTag::Macos { .. } => Some(Apple::Macos),
                PlatformTag::Ios { system, .. } => Some(*system),
                _ => None,
            });
            let version = Dotted::from(version);
            promise.libc = promise.libc.or(libc);
            if promise.libc == libc {
                promise.version = Some(promise.version.map_or(version, |known| known.min(version)));
            }
        }
        promise
    }
}

impl Promise {
    /// Whether the tables know what the system's own libraries export. They know no more of Android and iOS than the
    /// names of those libraries.
    pub fn has_tables(&self) -> bool {
        self.libc != Some(Libc::Bionic) && matches!(self.apple, None | Some(Apple::Macos))
    }
}

/// What surrounds the files.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The system that the tags promise.
    pub promise: Promise,
    /// The oldest version of Python that is promised. Windows' Pythons bring `vcruntime140_1.dll` since 3.8.
    pub oldest_python: Option<(u16, u16)>,
    /// The name of the distribution, as it is written.
    pub distribution: Option<&'a str>,
    /// What the Python sources of the distribution import and load. `None` when they were not read: then no missing
    /// library is certain, and [`Resolved::wants_sources`](super::Resolved::wants_sources) says whether they matter.
    pub sources: Option<&'a Sources>,
    /// The names of the distributions in `Requires-Dist`, as they are written.
    pub requires: &'a [String],
    /// Whether the files are all that the distribution has. A file that is looked at alone may have neighbours.
    pub whole: bool,
    /// Whether a symbol may be one of Python's: whether an interpreter has it is not decided here.
    pub is_python_name: &'a dyn Fn(&str) -> bool,
}
