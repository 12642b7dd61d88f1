//! What a native file says about itself.
//!
//! Facts are read, never judged: nothing here knows an interpreter or what a platform allows. They own their text,
//! so that they outlive the buffer that a wheel's member was inflated into. All of them are read from an
//! [`Image`].

mod elf;
mod macho;
mod names;
mod pe;
mod wasm;

use soabi_core::{InitKind, InitSymbol};

pub use elf::{AbiFlags, ElfFacts, ElfType, FloatAbi, IsaLevels, LoadSegment, ThreadLocalBlock};
pub use macho::{LoadKind, MachODylib, MachOFacts};
pub use names::{Export, Import, Needed, OrdinalImport, Provider, Strength, SymbolKind, Uses, VersionNeed};
pub use pe::PeFacts;
pub use wasm::WasmFacts;

use crate::arch::Arch;
use crate::format::{Endian, Format, ObjectKind};
use crate::image::Image;
use crate::symbol::Symbol;

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
    /// The libraries that it needs, in the file's order.
    pub needed: Vec<Needed>,
    /// ELF `DT_RPATH`, split at its colons.
    pub rpath: Vec<String>,
    /// ELF `DT_RUNPATH`, split at its colons; Mach-O `LC_RPATH`.
    pub runpath: Vec<String>,
    /// The symbols that other files have to define, in the file's order.
    pub imports: Vec<Import>,
    /// PE imports by number.
    pub ordinals: Vec<OrdinalImport>,
    /// The symbols that the file offers to others, in the file's order.
    pub exports: Vec<Export>,
    /// The symbol versions that it needs of libraries (ELF `DT_VERNEED`). The dynamic linker checks them whether
    /// or not a symbol refers to them.
    pub versions: Vec<VersionNeed>,
    /// The oldest system that it says it runs on (Mach-O `LC_BUILD_VERSION`, `LC_VERSION_MIN_*`).
    pub minimum_os: Option<MinimumOs>,
    /// What only ELF has.
    pub elf: Option<ElfFacts>,
    /// What only Mach-O has.
    pub macho: Option<MachOFacts>,
    /// What only PE has.
    pub pe: Option<PeFacts>,
    /// What only WebAssembly side modules have.
    pub wasm: Option<WasmFacts>,
}

/// The facts that are not made of symbols, while an image is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) soname: Option<String>,
    pub(crate) needed: Vec<Needed>,
    pub(crate) rpath: Vec<String>,
    pub(crate) runpath: Vec<String>,
    pub(crate) ordinals: Vec<OrdinalImport>,
    pub(crate) versions: Vec<VersionNeed>,
    pub(crate) minimum_os: Option<MinimumOs>,
    pub(crate) elf: Option<ElfFacts>,
    pub(crate) macho: Option<MachOFacts>,
    pub(crate) pe: Option<PeFacts>,
    pub(crate) wasm: Option<WasmFacts>,
}

impl ObjectFacts {
    /// Facts that say only what a file header says.
    pub const fn new(format: Format, kind: ObjectKind, arch: Arch, bits: u8, endian: Endian) -> Self {
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
            elf: None,
            macho: None,
            pe: None,
            wasm: None,
        }
    }

    /// The facts of an image. They share no text with it.
    pub fn of(image: &Image<'_>) -> Self {
        let details = image.details().clone();
        let mut facts = Self {
            soname: details.soname,
            needed: details.needed,
            rpath: details.rpath,
            runpath: details.runpath,
            ordinals: details.ordinals,
            versions: details.versions,
            minimum_os: details.minimum_os,
            elf: details.elf,
            macho: details.macho,
            pe: details.pe,
            wasm: details.wasm,
            ..Self::new(image.format(), image.kind(), image.arch(), image.bits(), image.endian())
        };
        let count = |wanted: fn(&Symbol<'_>) -> bool| image.symbols().iter().filter(|s| wanted(s)).count();
        facts.exports.reserve_exact(count(|symbol| symbol.exported));
        facts.imports.reserve_exact(count(|symbol| symbol.imported));
        for symbol in image.symbols() {
            let (weak, uses) = (symbol.is_weak(), symbol.uses);
            if symbol.exported {
                facts.exports.push(Export {
                    name: symbol.name.to_string(),
                    kind: symbol.kind,
                    weak,
                    address: symbol.address,
                    version: symbol.version.clone(),
                    preemptible: symbol.preemptible,
                    uses,
                });
            } else if symbol.imported {
                let need = symbol.need.and_then(|index| facts.versions.get(index as usize));
                facts.imports.push(Import {
                    name: symbol.name.to_string(),
                    weak,
                    from: symbol.provider.clone(),
                    version: need.cloned(),
                    uses,
                });
            }
        }
        facts
    }

    /// The init symbols among the exports: `PyInit_`, `PyInitU_`, `PyModExport_` and `PyModExportU_`.
    pub fn init_symbols(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.parsed_exports().filter(|init| init.kind != InitKind::Init)
    }

    /// The exports that Python 2 would take for init symbols if the file had the right name: any function that
    /// is called `initialize` is one of them. Compare them with the module's name.
    pub fn python_2_candidates(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.parsed_exports().filter(|init| init.kind == InitKind::Init)
    }

    fn parsed_exports(&self) -> impl Iterator<Item = InitSymbol> + '_ {
        self.exports.iter().filter_map(|export| InitSymbol::parse(&export.name))
    }

    /// The imports that need the version `need`.
    pub fn asking<'a>(&'a self, need: &'a VersionNeed) -> impl Iterator<Item = &'a Import> + 'a {
        self.imports.iter().filter(|import| import.version.as_ref() == Some(need))
    }

    /// Own exports that another library of the process can replace: symbol capture.
    pub fn captured(&self) -> impl Iterator<Item = &Export> + '_ {
        self.exports.iter().filter(|export| export.preemptible && export.uses.any())
    }
}

/// The oldest system that a file says it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumOs {
    /// The system, as wheel tags and `sys.platform` spell it where they do: `macos`, `ios`, `iossimulator`.
    pub platform: &'static str,
    /// Major, minor and patch version.
    pub version: (u16, u8, u8),
}
