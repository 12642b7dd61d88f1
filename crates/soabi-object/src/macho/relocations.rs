//! The pointers that dyld patches: chained fixups, or rebase and bind opcodes.
//!
//! Files from before Mac OS X 10.6 have relocation entries in `LC_DYSYMTAB` in their place. They are not read, so
//! that such a file has no relocations here.

use object::macho;
use object::read::macho::{Fixup, MachHeader, MachOFile, Segment as _};
use object::{Endianness, ReadRef};

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::format::Format;
use crate::image::{Map, Parts, Segment};
use crate::reader::{Reader, lossy};
use crate::relocation::{Relocation, RelocationKind};

use super::chained::Chained;
use super::commands::segment_of;
use super::file::{malformed, open};
use super::imports::{by_name, without_underscore};
use super::opcodes::Streams;
use super::tables::Tables;

/// All relocations, in the order in which dyld makes them.
pub(crate) fn relocations(
    parts: &Parts<'_>,
    tables: &Tables,
    budget: &mut Budget,
) -> Result<Vec<Relocation>, ObjectError> {
    match parts.bits {
        64 => decode::<macho::MachHeader64<Endianness>>(parts, tables, budget),
        _ => decode::<macho::MachHeader32<Endianness>>(parts, tables, budget),
    }
}

fn decode<Mach: MachHeader<Endian = Endianness>>(
    parts: &Parts<'_>,
    tables: &Tables,
    budget: &mut Budget,
) -> Result<Vec<Relocation>, ObjectError> {
    let data = parts.map.data();
    let map = Map::new(data, []);
    let mut reader = Reader { format: Format::MachO, map: &map, budget };
    let file = open::<Mach>(data, &mut reader)?;
    let mut decoder = Decoder { parts, reader, segments: segments(&file)?, found: Vec::new() };
    if let Some(chained) = Chained::of(&file)? {
        decoder.chained(&chained, file.endian(), &tables.chained)?;
    } else if let Some(streams) = Streams::of(&file)? {
        decoder.opcodes(&streams)?;
    }
    Ok(decoder.found)
}

/// The segments in the order of their commands, by which fixups number them.
fn segments<Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'_, Mach>,
) -> Result<Vec<Segment>, ObjectError> {
    let bad = |error| malformed("load command", 0, &error);
    let mut segments = Vec::new();
    let mut commands = file.macho_load_commands().map_err(bad)?;
    while let Some(command) = commands.next().map_err(bad)? {
        if let Some((segment, _)) = Mach::Segment::from_command(command).map_err(bad)? {
            segments.push(segment_of(segment, file.endian()));
        }
    }
    Ok(segments)
}

struct Decoder<'a, 'data> {
    parts: &'a Parts<'data>,
    reader: Reader<'a, 'data>,
    segments: Vec<Segment>,
    found: Vec<Relocation>,
}

impl<'data> Decoder<'_, 'data> {
    fn push(
        &mut self,
        what: &'static str,
        place: u64,
        kind: RelocationKind,
        symbol: Option<u32>,
        addend: i64,
    ) -> Result<(), ObjectError> {
        self.reader.steps(what, At::Address(place), 1)?;
        self.reader.memory(what, At::Address(place), size_of::<Relocation>() as u64)?;
        let size = self.parts.pointer_size();
        self.found.push(Relocation { place, addend, symbol, kind, size });
        Ok(())
    }

    fn chained(
        &mut self,
        chained: &Chained<'data>,
        endian: Endianness,
        symbols: &[Option<u32>],
    ) -> Result<(), ObjectError> {
        const WHAT: &str = "chained fixups";
        let bad = |error| malformed(WHAT, 0, &error);
        let base = self.parts.base;
        let mut starts = chained.fixups.segments(endian).map_err(bad)?;
        loop {
            // Each segment is one step, and so is each of its pages, also where nothing begins.
            self.reader.steps(WHAT, At::Offset(0), 1)?;
            let Some(start) = starts.next().map_err(bad)? else { return Ok(()) };
            let Some(segment) = self.segments.get(start.index() as usize).copied() else {
                let problem =
                    format!("segment {} is used, but there are {}", start.index(), self.segments.len());
                return Err(malformed(WHAT, 0, &problem));
            };
            self.reader.steps(
                WHAT,
                At::Address(segment.address),
                start.header().page_count.get(endian).into(),
            )?;
            let bytes = self.parts.map.data().read_bytes_at(segment.file_offset, segment.file_size);
            let bytes =
                bytes.map_err(|()| malformed(WHAT, segment.file_offset, &"the segment is cut off"))?;
            let mut fixups = start.fixups(endian, base, bytes);
            while let Some((offset, fixup)) = fixups.next().map_err(bad)? {
                let place = segment.address.wrapping_add(offset);
                match fixup {
                    Fixup::Rebase(rebase) => {
                        let address = base.wrapping_add(rebase.target_offset).cast_signed();
                        self.push(WHAT, place, RelocationKind::Relative, None, address)?;
                    }
                    Fixup::Bind(bind) => {
                        let Some(&symbol) = symbols.get(bind.ordinal as usize) else {
                            let problem =
                                format!("import {} is used, but there are {}", bind.ordinal, symbols.len());
                            return Err(self.reader.malformed(WHAT, place, problem));
                        };
                        let addend = i64::from(bind.addend).wrapping_add(chained.import_addend(bind.ordinal));
                        self.push(WHAT, place, RelocationKind::Absolute, symbol, addend)?;
                    }
                    // The kernel's and the firmware's own formats.
                    Fixup::KernelCacheRebase(_) | Fixup::SegmentedRebase(_) => {
                        let format = u32::from(start.header().pointer_format.get(endian).0);
                        self.push(WHAT, place, RelocationKind::Other(format), None, 0)?;
                    }
                }
            }
        }
    }

    fn opcodes(&mut self, streams: &Streams<'data>) -> Result<(), ObjectError> {
        const WHAT: &str = "bindings";
        let bad = |error| malformed(WHAT, 0, &error);
        let mut rebases = streams.rebases;
        while let Some(rebase) = rebases.next().map_err(bad)? {
            let place = self.place(rebase.segment_index, rebase.segment_offset)?;
            let address = self.parts.word_at(place).unwrap_or_default().cast_signed();
            self.push("rebases", place, RelocationKind::Relative, None, address)?;
        }
        let symbols = &self.parts.symbols;
        let exports = by_name(symbols, |symbol| symbol.exported, &mut self.reader)?;
        let imports = by_name(symbols, |symbol| symbol.imported, &mut self.reader)?;
        // A name is looked up where it is set, not for each of its bindings.
        let mut last: (*const u8, bool, Option<u32>) = (std::ptr::null(), false, None);
        for (index, mut binds) in streams.binds.into_iter().enumerate() {
            let kind = if index == 2 { RelocationKind::JumpSlot } else { RelocationKind::Absolute };
            while let Some(bind) = binds.next().map_err(bad)? {
                let itself = bind.dylib == macho::BIND_SPECIAL_DYLIB_SELF;
                if last.0 != bind.symbol.as_ptr() || last.1 != itself {
                    self.reader.steps(WHAT, At::Offset(0), bind.symbol.len() as u64)?;
                    let name = lossy(without_underscore(bind.symbol));
                    let import = if itself { None } else { imports.get(&*name) };
                    last = (bind.symbol.as_ptr(), itself, import.or_else(|| exports.get(&*name)).copied());
                }
                let place = self.place(bind.segment_index, bind.segment_offset)?;
                self.push(WHAT, place, kind, last.2, bind.addend)?;
            }
        }
        Ok(())
    }

    /// The address of an offset in a segment.
    fn place(&self, segment: u8, offset: u64) -> Result<u64, ObjectError> {
        let found = self.segments.get(usize::from(segment));
        found.map(|segment| segment.address.wrapping_add(offset)).ok_or_else(|| {
            let problem = format!("segment {segment} is used, but there are {}", self.segments.len());
            malformed("bindings", 0, &problem)
        })
    }
}
