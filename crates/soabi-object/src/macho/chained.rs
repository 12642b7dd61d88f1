//! Chained fixups: a table of imports, and chains of pointers that say where the next one is.
//!
//! Source: Apple's `mach-o/fixup-chains.h`.

use object::endian::{U32, U64};
use object::macho::{self, DyldChainedImport32, DyldChainedImport64};
use object::read::macho::{DyldChainedFixups, MachHeader, MachOFile};
use object::{Endianness, ReadRef};

use crate::error::{At, ObjectError};
use crate::reader::Reader;

use super::file::{linked, malformed};

const WHAT: &str = "chained fixups";

/// `LC_DYLD_CHAINED_FIXUPS`.
pub(super) struct Chained<'data> {
    data: &'data [u8],
    endian: Endianness,
    pub(super) fixups: DyldChainedFixups<'data, Endianness>,
}

/// An entry of the import table.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChainedImport {
    /// Where its name begins, from the start of the fixups' data.
    pub(super) name_at: u64,
    pub(super) dylib: macho::BindDylib,
    pub(super) weak: bool,
}

impl<'data> Chained<'data> {
    /// The fixups of a file, if it has any. The last command counts.
    pub(super) fn of<Mach: MachHeader<Endian = Endianness>>(
        file: &MachOFile<'data, Mach>,
    ) -> Result<Option<Self>, ObjectError> {
        let bad = |error| malformed(WHAT, 0, &error);
        let endian = file.endian();
        let mut found = None;
        let mut commands = file.macho_load_commands().map_err(bad)?;
        while let Some(command) = commands.next().map_err(bad)? {
            found = command.dyld_chained_fixups().map_err(bad)?.or(found);
        }
        let Some(command) = found else { return Ok(None) };
        let range = (command.dataoff.get(endian), command.datasize.get(endian));
        let data = linked(file.data(), WHAT, range)?;
        let fixups = DyldChainedFixups::parse(endian, data).map_err(bad)?;
        Ok(Some(Self { data, endian, fixups }))
    }

    /// Calls `found` with each import.
    pub(super) fn imports(
        &self,
        reader: &mut Reader<'_, 'data>,
        mut found: impl FnMut(&mut Reader<'_, 'data>, ChainedImport) -> Result<(), ObjectError>,
    ) -> Result<(), ObjectError> {
        let (header, endian) = (self.fixups.header(), self.endian);
        if header.symbols_format.get(endian) != 0 {
            return Err(malformed(WHAT, 24, &"its names are compressed, which dyld does not read either"));
        }
        let count = header.imports_count.get(endian);
        let table: u64 = header.imports_offset.get(endian).into();
        let names: u64 = header.symbols_offset.get(endian).into();
        let format = header.imports_format.get(endian);
        let size: u64 = match format {
            macho::DYLD_CHAINED_IMPORT => 4,
            macho::DYLD_CHAINED_IMPORT_ADDEND => 8,
            macho::DYLD_CHAINED_IMPORT_ADDEND64 => 16,
            other => {
                return Err(malformed(WHAT, 20, &format!("its import format is {other:?}, expected 1 to 3")));
            }
        };
        let length = u64::from(count) * size;
        let entries = self
            .data
            .read_bytes_at(table, length)
            .map_err(|()| malformed(WHAT, table, &format!("it has no room for {count} imports")))?;
        for (index, _) in (0..count).zip(0u64..) {
            reader.steps(WHAT, At::Offset(table), 1)?;
            let at = u64::from(index) * size;
            let missing = |()| malformed(WHAT, table.wrapping_add(at), &"the import is cut off");
            let import = if size == 16 {
                let entry: &U64<Endianness, DyldChainedImport64> = entries.read_at(at).map_err(missing)?;
                let entry = entry.get(endian);
                ChainedImport {
                    name_at: names + u64::from(entry.name_offset()),
                    dylib: entry.dylib(),
                    weak: entry.weak_import(),
                }
            } else {
                let entry: &U32<Endianness, DyldChainedImport32> = entries.read_at(at).map_err(missing)?;
                let entry = entry.get(endian);
                ChainedImport {
                    name_at: names + u64::from(entry.name_offset()),
                    dylib: entry.dylib(),
                    weak: entry.weak_import(),
                }
            };
            found(reader, import)?;
        }
        Ok(())
    }

    /// The addend of an import, which counts beside the one of a fixup.
    pub(super) fn import_addend(&self, ordinal: u32) -> i64 {
        let header = self.fixups.header();
        let table: u64 = header.imports_offset.get(self.endian).into();
        let at = |size: u64| table.saturating_add(u64::from(ordinal) * size + size / 2);
        match header.imports_format.get(self.endian) {
            macho::DYLD_CHAINED_IMPORT_ADDEND => {
                let addend = self.data.read_at::<U32<Endianness>>(at(8));
                addend.map_or(0, |addend| addend.get(self.endian).cast_signed().into())
            }
            macho::DYLD_CHAINED_IMPORT_ADDEND64 => {
                let addend = self.data.read_at::<U64<Endianness>>(at(16));
                addend.map_or(0, |addend| addend.get(self.endian).cast_signed())
            }
            _ => 0,
        }
    }

    /// The name that begins at `at`.
    pub(super) fn name(&self, at: u64, reader: &mut Reader<'_, 'data>) -> Result<&'data [u8], ObjectError> {
        let tail = usize::try_from(at).ok().and_then(|at| self.data.get(at..)).unwrap_or_default();
        reader
            .text(WHAT, At::Offset(at), tail)?
            .ok_or_else(|| malformed(WHAT, at, &"there is no name that ends in a NUL"))
    }
}
