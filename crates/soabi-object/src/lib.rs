//! Bytes to facts.
//!
//! What a native file (ELF, Mach-O, PE, a side module of WebAssembly) says about itself. This is the only code of soabi that
//! reads binary formats. It opens only the files that callers name, it judges
//! nothing, and it does not know which interpreters exist.
//!
//! Whatever the bytes are, the answer is facts or an error that says what is wrong and where. An error is never
//! an empty list.

#![forbid(unsafe_code)]

pub mod budget;
mod elf;
pub mod error;
pub mod facts;
pub mod format;
pub mod image;
mod macho;
mod magic;
mod pe;
pub mod read;
mod reader;
pub mod relocation;
pub mod symbol;
mod wasm;

pub use budget::Budget;
pub use error::{At, FileError, ObjectError};
pub use facts::{
    ElfFacts, Export, Import, MachOFacts, MinimumOs, Needed, ObjectFacts, OrdinalImport, PeFacts, Provider,
    Strength, SymbolKind, Uses, VersionNeed, WasmFacts,
};
pub use format::{Endian, Format, ObjectKind};
pub use image::{Image, Segment};
pub use read::{Limits, is_native, machine_of, read, read_file};
pub use relocation::{Pointer, Relocation, RelocationKind};
pub use soabi_core::Arch;
pub use symbol::{Binding, Symbol};
