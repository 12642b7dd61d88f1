//! The libraries and symbols that a file needs, and the symbols that it exports.

use std::sync::Arc;

/// A library that a file needs.
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

/// A symbol that another file has to define.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name, as a C programmer writes it: Mach-O's leading underscore is removed.
    pub name: String,
    /// Whether the file loads without it.
    pub weak: bool,
    /// Where the loader looks for it.
    pub from: Provider,
    /// The version that it needs (ELF).
    pub version: Option<VersionNeed>,
    /// How the file uses it (ELF; nothing is known for the others).
    pub uses: Uses,
}

/// Where the loader looks for an import.
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
    /// Its address as linked. `None` for thread-local symbols and for symbols that another library defines (PE
    /// forwarders, Mach-O re-exports).
    pub address: Option<u64>,
    /// The version that the file defines it under (ELF `DT_VERDEF`).
    pub version: Option<Arc<str>>,
    /// Whether it is not the default version of the symbol, so that only who asks for it gets it (ELF `VERSYM_HIDDEN`).
    /// `dlsym` does not find it.
    pub old_version: bool,
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

/// A version of a library's symbols that a file needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionNeed {
    /// The library: `libc.so.6`.
    pub library: Arc<str>,
    /// The version: `GLIBC_2.17`.
    pub version: Arc<str>,
    /// Whether the file loads without it (`VER_FLG_WEAK`).
    pub weak: bool,
}
