//! What a native file says about itself.
//!
//! Facts are read, never judged: nothing here knows an interpreter, a promise, or what a symbol is for. They
//! own their text, so that they outlive the buffer that a wheel's member was inflated into.

use std::sync::Arc;

use soabi_core::{InitKind, InitSymbol};

use crate::arch::Arch;

/// The facts of one file, or of one slice of a universal file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    /// The file format.
    pub format: Format,
    /// What the file is for.
    pub kind: ObjectKind,
    /// The machine.
    pub arch: Arch,
    /// The width of a pointer: 32 or 64.
    pub bits: u8,
    /// The byte order.
    pub endian: Endian,
    /// What the file calls itself: ELF `DT_SONAME`, Mach-O `LC_ID_DYLIB`, the name in PE's export table.
    pub soname: Option<String>,
    /// The libraries that it asks for, in the file's order.
    pub needed: Vec<Needed>,
    /// ELF `DT_RPATH`, split at its colons.
    pub rpath: Vec<String>,
    /// ELF `DT_RUNPATH`, split at its colons; Mach-O `LC_RPATH`.
    pub runpath: Vec<String>,
    /// The symbols that somebody else has to bring, in the file's order.
    pub imports: Vec<Import>,
    /// PE imports that go by number.
    pub ordinals: Vec<OrdinalImport>,
    /// The symbols that the file offers to others, in the file's order.
    pub exports: Vec<Export>,
    /// The symbol versions that it asks of libraries (ELF `DT_VERNEED`).
    pub versions: Vec<VersionNeed>,
    /// The oldest system that it says it runs on (Mach-O `LC_BUILD_VERSION`, `LC_VERSION_MIN_*`).
    pub minimum_os: Option<MinimumOs>,
}

impl ObjectFacts {
    /// Facts that so far say only what a header says.
    pub(crate) const fn new(format: Format, kind: ObjectKind, arch: Arch, bits: u8, endian: Endian) -> Self {
        Self {
            format,
            kind,
            arch,
            bits,
            endian,
            soname: None,
            needed: Vec::new(),
            rpath: Vec::new(),
            runpath: Vec::new(),
            imports: Vec::new(),
            ordinals: Vec::new(),
            exports: Vec::new(),
            versions: Vec::new(),
            minimum_os: None,
        }
    }

    /// The init symbols among the exports: `PyInit_`, `PyInitU_`, `PyModExport_` and `PyModExportU_`.
    pub fn init_symbols(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.parsed_exports().filter(|init| init.kind != InitKind::Init)
    }

    /// The exports that Python 2 would take for init symbols if the file had the right name: any function that
    /// is called `initialize` is one of them. Hold them against the module's name.
    pub fn python_2_candidates(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.parsed_exports().filter(|init| init.kind == InitKind::Init)
    }

    fn parsed_exports(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.exports.iter().filter_map(|export| InitSymbol::parse(&export.name))
    }

    /// The imports that ask for `need`.
    pub fn asking<'a>(&'a self, need: &'a VersionNeed) -> impl Iterator<Item = &'a Import> + 'a {
        self.imports.iter().filter(|import| import.version.as_ref() == Some(need))
    }

    /// Own exports that another library of the process can take over: symbol capture.
    pub fn captured(&self) -> impl Iterator<Item = &Export> + '_ {
        self.exports.iter().filter(|export| export.preemptible && export.uses.any())
    }
}

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Linux and most other Unixes.
    Elf,
    /// macOS and its relatives.
    MachO,
    /// Windows.
    Pe,
}

impl Format {
    /// The format's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::MachO => "macho",
            Self::Pe => "pe",
        }
    }

    /// The format's name in prose.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Elf => "ELF",
            Self::MachO => "Mach-O",
            Self::Pe => "PE",
        }
    }
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// Something that a running process loads: a shared library, a Mach-O bundle, a DLL.
    Library,
    /// A program.
    Executable,
    /// A relocatable object file or separate debug information. Nothing loads it, so it has no symbols in the
    /// sense of [`ObjectFacts::imports`] and [`ObjectFacts::exports`], and they are empty.
    NotLoadable,
}

/// A byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// A library that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The name as written: `libm.so.6`, `@rpath/libomp.dylib`, `python311.dll`.
    pub name: Arc<str>,
    /// What happens when it is not there.
    pub strength: Strength,
}

/// How much a file needs a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// Without it the file does not load.
    Required,
    /// Without it the file loads and its symbols are null (Mach-O `LC_LOAD_WEAK_DYLIB`).
    Weak,
    /// It is looked for when a function of it is first called (PE delay imports).
    Delayed,
}

/// A symbol that somebody else has to bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name, as a C programmer writes it: Mach-O's leading underscore is removed.
    pub name: String,
    /// Whether the file loads without it.
    pub weak: bool,
    /// Where the file says that it will be.
    pub from: Provider,
    /// The version that it asks for (ELF).
    pub version: Option<VersionNeed>,
    /// How the file uses it (ELF; nothing is known for the others).
    pub uses: Uses,
}

/// Where an import is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The first library of the process that has it: every ELF import, and flat lookup in Mach-O, which is what
    /// extension modules use for the names of the interpreter.
    Anywhere,
    /// This library and no other: PE, and Mach-O's two-level namespace.
    Library(Arc<str>),
    /// The program itself (Mach-O `-bundle_loader`).
    Executable,
}

impl Provider {
    /// The name of the library, if the file names one.
    pub fn library(&self) -> Option<&str> {
        match self {
            Self::Library(name) => Some(name),
            Self::Anywhere | Self::Executable => None,
        }
    }
}

/// A PE import by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdinalImport {
    /// The library.
    pub library: Arc<str>,
    /// The number in its export table.
    pub ordinal: u16,
}

/// A symbol that the file offers to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The name, as a C programmer writes it: Mach-O's leading underscore is removed.
    pub name: String,
    /// What it names.
    pub kind: SymbolKind,
    /// Whether it gives way to another definition at link time.
    pub weak: bool,
    /// The version that the file defines it under (ELF `DT_VERDEF`).
    pub version: Option<Arc<str>>,
    /// Whether a library that was loaded earlier and exports the same name wins over this definition, for the
    /// file's own uses too. True of ELF symbols of default visibility unless the file is linked `-Bsymbolic`,
    /// and of Mach-O definitions that the file itself looks up by weak or flat lookup.
    pub preemptible: bool,
    /// How the file itself reaches it through the dynamic linker (ELF and Mach-O). Not how it calls it directly.
    pub uses: Uses,
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// Code.
    Function,
    /// Bytes.
    Data,
    /// Bytes of which each thread has its own.
    ThreadLocal,
    /// The file does not say.
    Unknown,
}

/// How a file uses a symbol, as far as its relocations say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Uses {
    /// Called through the PLT (jump slot). Such a symbol may be bound lazily.
    pub call: bool,
    /// By address, through the GOT, a copy or an initialised pointer. Never bound lazily. Calls without a PLT
    /// (`-fno-plt`, which Rust implies) are of this kind.
    pub address: bool,
}

impl Uses {
    /// Whether there is any use.
    pub const fn any(self) -> bool {
        self.call || self.address
    }
}

/// A version of a library's symbols that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionNeed {
    /// The library: `libc.so.6`.
    pub library: Arc<str>,
    /// The version: `GLIBC_2.17`.
    pub version: Arc<str>,
    /// Whether the file loads without it (`VER_FLG_WEAK`).
    pub weak: bool,
}

/// The oldest system that a file says it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumOs {
    /// The system, as wheel tags and `sys.platform` spell it where they do: `macos`, `ios`, `iossimulator`.
    pub platform: &'static str,
    /// Major, minor and patch version.
    pub version: (u16, u8, u8),
}
