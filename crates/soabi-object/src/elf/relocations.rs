//! Relocations: which symbols the file reaches through the dynamic linker, and how.

use object::Endianness;
use object::read::elf::{FileHeader, Rel, Rela};

use crate::error::ObjectError;
use crate::facts::Uses;

use super::ElfFile;
use super::dynamic::{Dynamic, RelocationTable};

/// Calls `note` with the index of each symbol that a relocation names and the use that it is.
///
/// What stands in `DT_JMPREL` is a call; no machine's relocation numbers have to be known for that. A table may
/// contain another (`DT_RELA` often ends with `DT_JMPREL`), so `DT_JMPREL` is left out of the others.
pub(super) fn for_each_symbol<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    dynamic: &Dynamic<'_>,
    mut note: impl FnMut(u32, Uses) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    let call = Uses { call: true, address: false };
    let address = Uses { call: false, address: true };
    table(file, "PLT relocations", dynamic.plt, |_, symbol| note(symbol, call))?;
    let plt = dynamic.plt.address..dynamic.plt.address.saturating_add(dynamic.plt.size);
    for rest in [dynamic.rela, dynamic.rel] {
        table(
            file,
            "relocations",
            rest,
            |at, symbol| {
                if plt.contains(&at) { Ok(()) } else { note(symbol, address) }
            },
        )?;
    }
    Ok(())
}

/// Calls `note` with the address of each relocation of a table and the index of its symbol, if it has one.
fn table<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    what: &'static str,
    table: RelocationTable,
    mut note: impl FnMut(u64, u32) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    if table.size == 0 {
        return Ok(());
    }
    let endian = file.endian;
    let mut note_at = |index: usize, size: usize, symbol: u32| {
        if symbol == 0 { Ok(()) } else { note(table.address.wrapping_add((index * size) as u64), symbol) }
    };
    if table.has_addends {
        let mips64el = file.header.is_mips64el(endian);
        let size = size_of::<Elf::Rela>();
        let entries = file.image.array::<Elf::Rela>(what, table.address, table.size / size as u64)?;
        entries.iter().enumerate().try_for_each(|(i, entry)| note_at(i, size, entry.r_sym(endian, mips64el)))
    } else {
        let size = size_of::<Elf::Rel>();
        let entries = file.image.array::<Elf::Rel>(what, table.address, table.size / size as u64)?;
        entries.iter().enumerate().try_for_each(|(i, entry)| note_at(i, size, entry.r_sym(endian)))
    }
}
