//! Where relocations and initializers are in an ELF file.

use object::Endianness;
use object::elf;

use super::dynamic::Dynamic;

/// What relocations and initializers are read from.
#[derive(Debug)]
pub(crate) struct Tables<'data> {
    pub(super) dynamic: Dynamic<'data>,
    pub(super) machine: elf::Machine,
    pub(super) endian: Endianness,
    pub(super) mips64el: bool,
    /// How many symbols the dynamic linker can reach.
    pub(super) symbols: usize,
}
