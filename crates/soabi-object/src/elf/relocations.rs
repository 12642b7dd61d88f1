//! Relocation tables: `DT_JMPREL`, `DT_RELA`, `DT_REL` and `DT_RELR`.

use object::Endianness;
use object::elf;
use object::endian::{U32, U64};
use object::read::elf::{FileHeader, Rel, Rela};

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::facts::Uses;
use crate::format::Format;
use crate::image::Parts;
use crate::reader::Reader;
use crate::relocation::{Relocation, RelocationKind};

use super::dynamic::{Dynamic, RelocationTable};
use super::file::ElfFile;
use super::kinds;
use super::relr::Places;
use super::tables::Tables;

/// Calls `note` with the index of each symbol that a relocation names and the use that it is.
///
/// What stands in `DT_JMPREL` is a call; no machine's relocation numbers have to be known for that. A table may
/// contain another (`DT_RELA` often ends with `DT_JMPREL`), so `DT_JMPREL` is left out of the others.
pub(super) fn for_each_symbol<'data, Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'data, Elf>,
    dynamic: &Dynamic<'data>,
    reader: &mut Reader<'_, 'data>,
    mut note: impl FnMut(&Reader<'_, 'data>, u32, Uses) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    let call = Uses { call: true, address: false };
    let address = Uses { call: false, address: true };
    let (endian, mips64el) = (file.endian, file.header.is_mips64el(file.endian));
    let mut visit = |what, table: RelocationTable, uses| {
        let is_plt = |index: usize, size: usize| {
            dynamic.plt.contains(table.address.wrapping_add((index * size) as u64)) && uses != call
        };
        if table.size == 0 {
            return Ok(());
        }
        if table.has_addends {
            let size = size_of::<Elf::Rela>();
            let entries = reader.array::<Elf::Rela>(what, table.address, table.size / size as u64)?;
            for (index, entry) in entries.iter().enumerate() {
                let symbol = entry.r_sym(endian, mips64el);
                if symbol != 0 && !is_plt(index, size) {
                    note(reader, symbol, uses)?;
                }
            }
        } else {
            let size = size_of::<Elf::Rel>();
            let entries = reader.array::<Elf::Rel>(what, table.address, table.size / size as u64)?;
            for (index, entry) in entries.iter().enumerate() {
                let symbol = entry.r_sym(endian);
                if symbol != 0 && !is_plt(index, size) {
                    note(reader, symbol, uses)?;
                }
            }
        }
        Ok(())
    };
    visit("PLT relocations", dynamic.plt, call)?;
    visit("relocations", dynamic.rela, address)?;
    visit("relocations", dynamic.rel, address)
}

/// All relocations, in the order of their tables.
pub(crate) fn relocations<'data>(
    parts: &Parts<'data>,
    tables: &Tables<'data>,
    budget: &mut Budget,
) -> Result<Vec<Relocation>, ObjectError> {
    let reader = Reader { format: Format::Elf, map: &parts.map, budget };
    let mut decoder = Decoder { parts, tables, reader, found: Vec::new() };
    match parts.bits {
        64 => decoder.all::<elf::FileHeader64<Endianness>>()?,
        _ => decoder.all::<elf::FileHeader32<Endianness>>()?,
    }
    Ok(decoder.found)
}

struct Decoder<'a, 'data> {
    parts: &'a Parts<'data>,
    tables: &'a Tables<'data>,
    reader: Reader<'a, 'data>,
    found: Vec<Relocation>,
}

impl Decoder<'_, '_> {
    fn all<Elf: FileHeader<Endian = Endianness>>(&mut self) -> Result<(), ObjectError> {
        let dynamic = &self.tables.dynamic;
        let nothing = RelocationTable::default();
        self.packed(dynamic.relr)?;
        self.table::<Elf>("relocations", dynamic.rela, dynamic.plt)?;
        self.table::<Elf>("relocations", dynamic.rel, dynamic.plt)?;
        self.table::<Elf>("PLT relocations", dynamic.plt, nothing)
    }

    /// `table` without what lies in `except`.
    fn table<Elf: FileHeader<Endian = Endianness>>(
        &mut self,
        what: &'static str,
        table: RelocationTable,
        except: RelocationTable,
    ) -> Result<(), ObjectError> {
        if table.size == 0 {
            return Ok(());
        }
        let (endian, mips64el) = (self.tables.endian, self.tables.mips64el);
        let size = if table.has_addends { size_of::<Elf::Rela>() } else { size_of::<Elf::Rel>() };
        let count = table.size / size as u64;
        self.reserve(what, table.address, count)?;
        let skip = |index: usize| except.contains(table.address.wrapping_add((index * size) as u64));
        if table.has_addends {
            let entries = self.reader.array::<Elf::Rela>(what, table.address, count)?;
            for (_, entry) in entries.iter().enumerate().filter(|&(index, _)| !skip(index)) {
                self.push(
                    entry.r_offset(endian).into(),
                    entry.r_type(endian, mips64el),
                    entry.r_sym(endian, mips64el),
                    Some(entry.r_addend(endian).into()),
                );
            }
        } else {
            let entries = self.reader.array::<Elf::Rel>(what, table.address, count)?;
            for (_, entry) in entries.iter().enumerate().filter(|&(index, _)| !skip(index)) {
                let (symbol, raw) = (entry.r_sym(endian), entry.r_type(endian));
                self.push(entry.r_offset(endian).into(), raw, symbol, None);
            }
        }
        Ok(())
    }

    fn packed(&mut self, (address, size): (u64, u64)) -> Result<(), ObjectError> {
        const WHAT: &str = "RELR relocations";
        if size == 0 {
            return Ok(());
        }
        let endian = self.tables.endian;
        let width = self.parts.pointer_size();
        if width == 8 {
            let words: &[U64<Endianness>] = self.reader.array(WHAT, address, size / 8)?;
            self.packed_words(address, words.iter().map(|word| word.get(endian)))
        } else {
            let words: &[U32<Endianness>] = self.reader.array(WHAT, address, size / 4)?;
            self.packed_words(address, words.iter().map(|word| word.get(endian).into()))
        }
    }

    fn packed_words(&mut self, address: u64, words: impl Iterator<Item = u64>) -> Result<(), ObjectError> {
        let size = self.parts.pointer_size();
        for place in Places::new(words, size.into()) {
            self.reserve("RELR relocations", address, 1)?;
            let addend = self.parts.word_at(place).unwrap_or_default().cast_signed();
            let kind = RelocationKind::Relative;
            self.found.push(Relocation { place, addend, symbol: None, kind, size });
        }
        Ok(())
    }

    /// Charges `count` relocations.
    fn reserve(&mut self, what: &'static str, address: u64, count: u64) -> Result<(), ObjectError> {
        self.reader.steps(what, At::Address(address), count)?;
        let size = size_of::<Relocation>() as u64;
        self.reader.memory(what, At::Address(address), count.saturating_mul(size))
    }

    fn push(&mut self, place: u64, raw: elf::RelocationType, symbol: u32, addend: Option<i64>) {
        if kinds::is_none(raw) {
            return;
        }
        let kind = kinds::relocation(self.tables.machine, raw);
        let size = match kind {
            RelocationKind::Copy | RelocationKind::Other(_) => 0,
            RelocationKind::Absolute if is_word_of_32_bits(self.tables.machine, raw) => 4,
            _ => self.parts.pointer_size(),
        };
        let mut addend = addend.unwrap_or_else(|| self.implicit_addend(place, kind));
        if self.parts.bits == 32 && matches!(kind, RelocationKind::Relative | RelocationKind::IRelative) {
            // It is an address, and addresses have no sign.
            addend &= i64::from(u32::MAX);
        }
        // Symbol 0 is none; one beyond the table was refused when the table was read.
        let symbol = Some(symbol).filter(|&symbol| symbol != 0 && (symbol as usize) < self.tables.symbols);
        self.found.push(Relocation { place, addend, symbol, kind, size });
    }

    /// The addend of a relocation without one, which stands at its place. Slots of the PLT and of the global
    /// offset table hold what lazy binding needs, and the dynamic linker does not add it.
    fn implicit_addend(&self, place: u64, kind: RelocationKind) -> i64 {
        let added = !matches!(
            kind,
            RelocationKind::GlobDat
                | RelocationKind::JumpSlot
                | RelocationKind::Copy
                | RelocationKind::Other(_)
        );
        let word = if added { self.parts.word_at(place) } else { None };
        word.unwrap_or_default().cast_signed()
    }
}

/// Absolute relocations of half a pointer.
fn is_word_of_32_bits(machine: elf::Machine, raw: elf::RelocationType) -> bool {
    matches!(
        (machine, raw),
        (elf::EM_X86_64, elf::R_X86_64_32)
            | (elf::EM_AARCH64, elf::R_AARCH64_ABS32)
            | (elf::EM_S390, elf::R_390_32)
            | (elf::EM_RISCV, elf::R_RISCV_32)
            | (elf::EM_LOONGARCH, elf::R_LARCH_32)
    )
}
