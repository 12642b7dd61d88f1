//! What the resolver reports: which library or symbol is missing for which file, and how sure that is.

use std::collections::BTreeSet;

use soabi_core::Severity;

use crate::tables::system::Dotted;

/// Where a needed library comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A file of the wheel, by its index: the dynamic linker finds it.
    Member(usize),
    /// A file of the wheel, by its index, that the search does not reach. It is used if something loads it before.
    MemberIfLoaded(usize),
    /// The interpreter: its own library, or the runtime that its installer brings.
    Interpreter,
    /// The system that the platform tag promises.
    Platform,
    /// Something outside the wheel.
    Outside(Outside),
    /// Nothing. The index of the file in the wheel that is most like it, if there is one.
    Absent {
        /// The index of the copy.
        nearest: Option<usize>,
    },
}

/// What outside the wheel may bring a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// An `import` of this package loads it first.
    Import(String),
    /// A package that is known to have it, and that the wheel neither imports nor requires.
    Package(&'static str),
    /// A search path leads into the folder of another distribution: `nvidia/cublas/lib`.
    Sibling(String),
    /// A search path leads into a folder of the prefix, which another wheel's data may fill: `lib`.
    PrefixFolder(String),
    /// The Python code of the wheel opens libraries or adds folders itself; in this file, by this name.
    Code {
        /// The file.
        file: String,
        /// The name that it uses: `CDLL`, `add_dll_directory`.
        name: &'static str,
    },
    /// A library that people install with their system: a driver, MPI, a desktop's libraries.
    System,
    /// A folder of a package manager that the file names by its absolute path: `/opt/homebrew/opt/xz/lib`.
    Folder(String),
    /// Another file of the wheel does the same with another version of the library, and one of them loads.
    Variant(String),
    /// Some package that the wheel imports or requires. Which one is not known.
    SomePackage(BTreeSet<String>),
    /// The Python sources were not read, or the file was looked at alone.
    NotRead,
    /// The tag promises no system: `linux_x86_64`.
    NoPromise,
    /// The tables do not know all libraries of the promised system: Android, iOS.
    NotInTables,
}

impl Outside {
    /// Whether this is a way that brings the library in healthy packages, and not only one that could.
    pub const fn is_known_way(&self) -> bool {
        match self {
            Self::Import(_)
            | Self::Sibling(_)
            | Self::PrefixFolder(_)
            | Self::System
            | Self::Variant(_)
            | Self::NotRead
            | Self::NoPromise => true,
            Self::Package(_)
            | Self::Code { .. }
            | Self::Folder(_)
            | Self::SomePackage(_)
            | Self::NotInTables => false,
        }
    }
}

/// How sure a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is expected to be no problem: a known way brings what is missing, or nothing loads the file.
    Harmless,
    /// It may be one: it depends on something outside the wheel, or on which release of a system there is.
    Possible,
    /// A system that the wheel promises refuses the file.
    Certain,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A needed library is not there.
    MissingLibrary(Resolution),
    /// A debug runtime of Microsoft's compilers is needed.
    DebugRuntime,
    /// A part of Microsoft's redistributable is needed that neither Windows nor Python brings.
    Redistributable,
    /// No library of the file's scope exports a symbol.
    UndefinedSymbol,
    /// A library that was found has versions, and lacks the one that is asked for.
    UndefinedVersion,
    /// A symbol of glibc with the version `GLIBC_PRIVATE`, which no release promises.
    GlibcPrivate,
    /// A newer glibc is needed than the tag promises.
    GlibcTooNew {
        /// The glibc that is needed.
        needed: Dotted,
        /// The one that is promised.
        promised: Dotted,
    },
    /// A newer libstdc++ is needed than the level allows: `GLIBCXX_3.4.26`.
    LibstdcxxTooNew {
        /// The newest version that is needed.
        needed: String,
        /// The newest that the level allows.
        allowed: Option<Dotted>,
        /// Whether the file asks for symbols without naming versions, so that no tool sees it.
        unversioned: bool,
    },
    /// A newer version of another library is needed than the level allows: `GCC_7.0.0`, `ZLIB_1.2.9`.
    RuntimeTooNew {
        /// The newest version that is needed.
        needed: String,
    },
    /// A symbol that no musl has.
    NotInMusl,
    /// A newer musl is needed than the tag promises.
    MuslTooNew {
        /// The first known release that has all the symbols.
        needed: Dotted,
        /// The one that is promised.
        promised: Dotted,
    },
}

/// Something that is missing for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The index of the file.
    pub file: usize,
    /// The library.
    pub library: Option<String>,
    /// The symbols, with their versions where they have any: `memcpy@GLIBC_2.14`.
    pub symbols: Vec<String>,
    /// Where the library was looked for, in order, as short fragments: `$ORIGIN/../pkg.libs`.
    pub searched: Vec<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// Whether the library is looked for when a function of it is called, and not when the file is loaded.
    pub delayed: bool,
}

impl Problem {
    /// How loud a finding about it may be.
    ///
    /// An error says that a promised system refuses the file. What healthy wheels have is a warning at most, by what
    /// it can break: a glibc that no living system lacks, a libstdc++ that a newer one mostly stands in for.
    pub fn severity(&self) -> Severity {
        let never_fatal = match &self.kind {
            ProblemKind::GlibcTooNew { needed, .. } => *needed <= OLDEST_ALIVE,
            ProblemKind::LibstdcxxTooNew { .. }
            | ProblemKind::RuntimeTooNew { .. }
            | ProblemKind::MuslTooNew { .. }
            | ProblemKind::Redistributable => true,
            _ => false,
        };
        match self.certainty {
            Certainty::Harmless => Severity::Note,
            Certainty::Certain if !never_fatal => Severity::Error,
            Certainty::Possible | Certainty::Certain => Severity::Warning,
        }
    }

    /// At which gate a promised system refuses the file because of it; `None` where it is not certain.
    pub fn gate(&self) -> Option<soabi_core::Gate> {
        use soabi_core::Gate;
        if self.severity() != Severity::Error {
            return None;
        }
        Some(match self.kind {
            ProblemKind::UndefinedSymbol | ProblemKind::GlibcPrivate | ProblemKind::NotInMusl => {
                Gate::Symbols
            }
            _ => Gate::Platform,
        })
    }
}

impl Problem {
    /// Whether it is not known if a promised system loads the file: that depends on what is loaded before, or on what
    /// is installed. What is certain is no doubt, nor is what a system that somebody still has is not touched by.
    pub fn is_doubt(&self) -> bool {
        if self.gate().is_some() || self.delayed {
            return false;
        }
        match &self.kind {
            ProblemKind::MissingLibrary(Resolution::Outside(Outside::NotRead | Outside::NoPromise)) => false,
            ProblemKind::MissingLibrary(Resolution::Absent { .. }) => self.certainty != Certainty::Harmless,
            ProblemKind::MissingLibrary(_) => true,
            ProblemKind::DebugRuntime
            | ProblemKind::Redistributable
            | ProblemKind::UndefinedSymbol
            | ProblemKind::UndefinedVersion
            | ProblemKind::GlibcPrivate
            | ProblemKind::NotInMusl => self.certainty != Certainty::Harmless,
            ProblemKind::GlibcTooNew { .. }
            | ProblemKind::LibstdcxxTooNew { .. }
            | ProblemKind::RuntimeTooNew { .. }
            | ProblemKind::MuslTooNew { .. } => false,
        }
    }
}

/// The glibc of `CentOS` 7: no system with an older one is maintained.
const OLDEST_ALIVE: Dotted = Dotted::new(2, 17);
