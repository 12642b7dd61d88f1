//! Bytes to facts.
//!
//! What a native file (ELF, Mach-O, PE) says about itself. This is the only code of soabi that reads binary formats. It opens the files that it is told to open and looks for no others, it judges
//! nothing, and it does not know which interpreters exist.
//!
//! Whatever the bytes are, the answer is facts or an error that says what is wrong and where. An error is never
//! an empty list.

#![forbid(unsafe_code)]

pub mod arch;
mod elf;
pub mod error;
pub mod facts;
mod image;
mod macho;
mod pe;
pub mod read;
mod text;

pub use arch::Arch;
pub use error::{At, FileError, ObjectError};
pub use facts::{
    Endian, Export, Format, Import, MinimumOs, Needed, ObjectFacts, ObjectKind, OrdinalImport, Provider,
    Strength, SymbolKind, Uses, VersionNeed,
};
pub use read::{is_native, read, read_file};
