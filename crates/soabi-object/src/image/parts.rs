//! What the decoder of a format finds in a file, of which an image is made.

use super::segment::Map;
use soabi_core::Arch;

use crate::facts::Details;
use crate::format::{Endian, Format, ObjectKind};
use crate::symbol::Symbol;
use crate::{elf, macho, pe};

/// What the decoder of a format finds.
#[derive(Debug)]
pub(crate) struct Parts<'data> {
    pub(crate) map: Map<'data>,
    pub(crate) format: Format,
    pub(crate) kind: ObjectKind,
    pub(crate) arch: Arch,
    pub(crate) bits: u8,
    pub(crate) endian: Endian,
    pub(crate) base: u64,
    pub(crate) symbols: Vec<Symbol<'data>>,
    pub(crate) details: Details,
    pub(crate) tables: Tables<'data>,
}

/// Where relocations and initializers are, by format.
#[derive(Debug)]
pub(crate) enum Tables<'data> {
    /// The file has none: nothing loads it.
    None,
    /// ELF.
    Elf(Box<elf::Tables<'data>>),
    /// Mach-O.
    MachO(macho::Tables),
    /// PE.
    Pe(pe::Tables),
}

impl Parts<'_> {
    /// The parts of a file of which only the header is known.
    pub(crate) fn header(format: Format, kind: ObjectKind, arch: Arch, bits: u8, endian: Endian) -> Self {
        Self {
            map: Map::new(&[], []),
            format,
            kind,
            arch,
            bits,
            endian,
            base: 0,
            symbols: Vec::new(),
            details: Details::default(),
            tables: Tables::None,
        }
    }

    /// The width of a pointer in bytes.
    pub(crate) const fn pointer_size(&self) -> u8 {
        self.bits / 8
    }

    /// The pointer-sized word at `address`.
    pub(crate) fn word_at(&self, address: u64) -> Option<u64> {
        if self.bits == 64 { self.u64_at(address) } else { self.u32_at(address).map(u64::from) }
    }

    /// The 32-bit number at `address`.
    pub(crate) fn u32_at(&self, address: u64) -> Option<u32> {
        self.number(address).map(|bytes| u32_of(bytes, self.endian))
    }

    /// The 64-bit number at `address`.
    pub(crate) fn u64_at(&self, address: u64) -> Option<u64> {
        self.number(address).map(|bytes| u64_of(bytes, self.endian))
    }

    pub(super) fn number<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.map.read(address, &mut bytes).then_some(bytes)
    }
}

fn u64_of(bytes: [u8; 8], endian: Endian) -> u64 {
    match endian {
        Endian::Little => u64::from_le_bytes(bytes),
        Endian::Big => u64::from_be_bytes(bytes),
    }
}

fn u32_of(bytes: [u8; 4], endian: Endian) -> u32 {
    match endian {
        Endian::Little => u32::from_le_bytes(bytes),
        Endian::Big => u32::from_be_bytes(bytes),
    }
}

/// A function that the loader calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initializer {
    /// Its address.
    Function(u64),
    /// Where a pointer to it is.
    Slot(u64),
}
