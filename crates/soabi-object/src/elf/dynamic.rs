//! The dynamic section: the one table that the dynamic linker starts from.

use std::ffi::CStr;

use object::Endianness;
use object::elf;
use object::read::elf::{Dyn, FileHeader};

use crate::error::ObjectError;

use super::{DynamicSegment, ElfFile};

/// The entries of the dynamic section that facts are made of. Addresses are as the file counts them.
#[derive(Debug, Default)]
pub(super) struct Dynamic<'data> {
    /// `DT_STRTAB`, all of it.
    strings: &'data [u8],
    strings_at: u64,
    /// `DT_NEEDED`. These, and the three below, are offsets in the string table.
    pub(super) needed: Vec<u64>,
    pub(super) soname: Option<u64>,
    pub(super) rpath: Option<u64>,
    pub(super) runpath: Option<u64>,
    /// `DT_SYMTAB`.
    pub(super) symbols: u64,
    pub(super) hash: Option<u64>,
    pub(super) gnu_hash: Option<u64>,
    /// `DT_JMPREL`: what the PLT needs.
    pub(super) plt: RelocationTable,
    /// `DT_RELA`.
    pub(super) rela: RelocationTable,
    /// `DT_REL`.
    pub(super) rel: RelocationTable,
    /// `DT_VERSYM`.
    pub(super) version_indices: Option<u64>,
    pub(super) version_needs: Option<u64>,
    pub(super) version_definitions: Option<u64>,
    /// Whether the file binds its own symbols to itself first.
    pub(super) symbolic: bool,
    /// Whether it is a position-independent program.
    pub(super) pie: bool,
}

/// Where a table of relocations is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RelocationTable {
    pub(super) address: u64,
    /// In bytes.
    pub(super) size: u64,
    /// Whether its entries carry an addend.
    pub(super) has_addends: bool,
}

impl<'data> Dynamic<'data> {
    pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
        file: &ElfFile<'data, Elf>,
        segment: &DynamicSegment,
    ) -> Result<Self, ObjectError> {
        let count = segment.size / size_of::<Elf::Dyn>() as u64;
        let entries = file.image.array::<Elf::Dyn>("dynamic section", segment.address, count)?;
        let entries = entries.iter().map(|entry| (entry.tag(file.endian), entry.val(file.endian)));
        let mut dynamic = Dynamic {
            rela: RelocationTable { has_addends: true, ..Default::default() },
            ..Default::default()
        };
        let mut strings_size = 0;
        let mut has_symbols = false;
        for (tag, value) in entries.take_while(|&(tag, _)| tag != elf::DT_NULL) {
            match tag {
                elf::DT_STRTAB => dynamic.strings_at = value,
                elf::DT_STRSZ => strings_size = value,
                elf::DT_SYMTAB => (has_symbols, dynamic.symbols) = (true, value),
                _ => dynamic.entry(tag, value),
            }
        }
        if !has_symbols {
            let problem = "it has no DT_SYMTAB, which every dynamic section has".to_owned();
            return Err(file.image.malformed("dynamic section", segment.address, problem));
        }
        dynamic.strings = file.image.read("string table", dynamic.strings_at, strings_size)?;
        Ok(dynamic)
    }

    fn entry(&mut self, tag: elf::DynamicTag, value: u64) {
        match tag {
            elf::DT_NEEDED => self.needed.push(value),
            elf::DT_SONAME => self.soname = Some(value),
            elf::DT_RPATH => self.rpath = Some(value),
            elf::DT_RUNPATH => self.runpath = Some(value),
            elf::DT_HASH => self.hash = Some(value),
            elf::DT_GNU_HASH => self.gnu_hash = Some(value),
            elf::DT_JMPREL => self.plt.address = value,
            elf::DT_PLTRELSZ => self.plt.size = value,
            elf::DT_PLTREL => self.plt.has_addends = i64::try_from(value) == Ok(elf::DT_RELA.0),
            elf::DT_RELA => self.rela.address = value,
            elf::DT_RELASZ => self.rela.size = value,
            elf::DT_REL => self.rel.address = value,
            elf::DT_RELSZ => self.rel.size = value,
            elf::DT_VERSYM => self.version_indices = Some(value),
            elf::DT_VERNEED => self.version_needs = Some(value),
            elf::DT_VERDEF => self.version_definitions = Some(value),
            elf::DT_SYMBOLIC => self.symbolic = true,
            elf::DT_FLAGS => self.symbolic |= elf::DynamicFlags(value).contains(elf::DF_SYMBOLIC),
            elf::DT_FLAGS_1 => self.pie = elf::DynamicFlags1(value).contains(elf::DF_1_PIE),
            _ => {}
        }
    }

    /// The text at `offset` of the string table.
    pub(super) fn string<Elf: FileHeader>(
        &self,
        file: &ElfFile<'data, Elf>,
        offset: u64,
    ) -> Result<&'data [u8], ObjectError> {
        let tail =
            usize::try_from(offset).ok().and_then(|offset| self.strings.get(offset..)).unwrap_or_default();
        CStr::from_bytes_until_nul(tail).map(CStr::to_bytes).map_err(|_| {
            let problem =
                format!("no text that ends in a NUL at {offset:#x} of its {:#x} bytes", self.strings.len());
            file.image.malformed("string table", self.strings_at, problem)
        })
    }
}
