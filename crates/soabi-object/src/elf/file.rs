//! The header of an ELF file, and the errors in headers.

use object::Endianness;

use crate::error::{At, ObjectError};
use crate::format::Format;

/// The types of one class of ELF, and the header that says how to read them.
pub(super) struct ElfFile<'data, Elf> {
    pub(super) header: &'data Elf,
    pub(super) endian: Endianness,
    pub(super) marker: std::marker::PhantomData<Elf>,
}

/// The error for `what` at this offset of the file.
pub(super) fn header_error(what: &'static str, offset: u64, problem: String) -> ObjectError {
    ObjectError::Malformed { format: Format::Elf, what, at: At::Offset(offset), problem }
}
