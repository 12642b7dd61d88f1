//! The dynamic section: the one table that the dynamic linker starts from.

use object::Endianness;
use object::elf;
use object::read::elf::{Dyn, FileHeader};

use crate::error::{At, ObjectError};
use crate::facts::ElfFacts;
use crate::reader::{Reader, lossy};

use super::file::ElfFile;
use super::range::Range;

/// The entries of the dynamic section that an image is made of. Addresses are as the file counts them.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the dynamic section")]
pub(super) struct Dynamic<'data> {
    /// `DT_STRTAB`, all of it.
    strings: &'data [u8],
    pub(super) strings_at: u64,
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
    /// `DT_RELR` and its size in bytes.
    pub(super) relr: (u64, u64),
    /// `DT_VERSYM`.
    pub(super) version_indices: Option<u64>,
    pub(super) version_needs: Option<u64>,
    pub(super) version_definitions: Option<u64>,
    /// Whether the file binds its own symbols to itself first.
    pub(super) symbolic: bool,
    /// Whether it is a position-independent program.
    pub(super) pie: bool,
    /// `DT_INIT`.
    pub(super) init: Option<u64>,
    /// `DT_INIT_ARRAY` and its size in bytes.
    pub(super) init_array: (u64, u64),
    static_tls: bool,
    text_relocations: bool,
    no_delete: bool,
    no_open: bool,
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

impl RelocationTable {
    /// Whether `address` lies in the table.
    pub(super) fn contains(&self, address: u64) -> bool {
        (self.address..self.address.saturating_add(self.size)).contains(&address)
    }
}

impl<'data> Dynamic<'data> {
    pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
        file: &ElfFile<'data, Elf>,
        reader: &mut Reader<'_, 'data>,
        range: Range,
    ) -> Result<Self, ObjectError> {
        const WHAT: &str = "dynamic section";
        let count = range.size / size_of::<Elf::Dyn>() as u64;
        let entries = reader.array::<Elf::Dyn>(WHAT, range.address, count)?;
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
            return Err(reader.malformed(WHAT, range.address, problem));
        }
        dynamic.strings = reader.bytes("string table", dynamic.strings_at, strings_size)?;
        reader.memory(WHAT, At::Address(range.address), (dynamic.needed.len() * size_of::<u64>()) as u64)?;
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
            elf::DT_RELR => self.relr.0 = value,
            elf::DT_RELRSZ => self.relr.1 = value,
            elf::DT_VERSYM => self.version_indices = Some(value),
            elf::DT_VERNEED => self.version_needs = Some(value),
            elf::DT_VERDEF => self.version_definitions = Some(value),
            elf::DT_INIT => self.init = Some(value).filter(|&address| address != 0),
            elf::DT_INIT_ARRAY => self.init_array.0 = value,
            elf::DT_INIT_ARRAYSZ => self.init_array.1 = value,
            elf::DT_SYMBOLIC => self.symbolic = true,
            elf::DT_TEXTREL => self.text_relocations = true,
            elf::DT_FLAGS => {
                let flags = elf::DynamicFlags(value);
                self.symbolic |= flags.contains(elf::DF_SYMBOLIC);
                self.static_tls |= flags.contains(elf::DF_STATIC_TLS);
                self.text_relocations |= flags.contains(elf::DF_TEXTREL);
            }
            elf::DT_FLAGS_1 => {
                let flags = elf::DynamicFlags1(value);
                self.pie = flags.contains(elf::DF_1_PIE);
                self.no_delete = flags.contains(elf::DF_1_NODELETE);
                self.no_open = flags.contains(elf::DF_1_NOOPEN);
            }
            _ => {}
        }
    }

    /// Adds to `facts` what the flags say.
    pub(super) fn describe(&self, facts: &mut ElfFacts) {
        facts.pie = self.pie;
        facts.static_tls = self.static_tls;
        facts.text_relocations = self.text_relocations;
        facts.no_delete = self.no_delete;
        facts.no_open = self.no_open;
        facts.packed_relocations = self.relr.1 > 0;
    }

    /// The text at `offset` of the string table.
    pub(super) fn string(
        &self,
        reader: &mut Reader<'_, 'data>,
        offset: u64,
    ) -> Result<&'data [u8], ObjectError> {
        const WHAT: &str = "string table";
        let tail =
            usize::try_from(offset).ok().and_then(|offset| self.strings.get(offset..)).unwrap_or_default();
        reader.text(WHAT, At::Address(self.strings_at), tail)?.ok_or_else(|| {
            let problem =
                format!("no text that ends in a NUL at {offset:#x} of its {:#x} bytes", self.strings.len());
            reader.malformed(WHAT, self.strings_at, problem)
        })
    }

    /// The same, for an entry of `entry` bytes among the facts.
    pub(super) fn kept(
        &self,
        reader: &mut Reader<'_, 'data>,
        offset: u64,
        entry: usize,
    ) -> Result<String, ObjectError> {
        let text = self.string(reader, offset)?;
        reader.keep("string table", At::Address(self.strings_at), text.len(), entry)?;
        Ok(lossy(text).into_owned())
    }
}
