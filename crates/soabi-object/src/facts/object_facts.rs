//! The facts of one native file, whatever its format.

use soabi_core::{InitKind, InitSymbol};

use super::details::MinimumOs;
use super::elf::ElfFacts;
use super::macho::MachOFacts;
use super::names::{Export, Import, Needed, OrdinalImport, VersionNeed};
use super::pe::PeFacts;
use super::wasm::WasmFacts;
use soabi_core::Arch;

use crate::format::{Endian, Format, ObjectKind};

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
        let found = self.exports.iter().filter(|export| !export.old_version);
        found.filter_map(|export| InitSymbol::parse(&export.name))
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
