//! Base relocations, the import address table and TLS callbacks.

use object::pe;
use object::{LittleEndian as LE, U16, U32, U64};

use soabi_core::Arch;

use crate::budget::Budget;
use crate::error::{At, ObjectError};
use crate::format::Format;
use crate::image::{Initializer, Parts};
use crate::reader::Reader;
use crate::relocation::{Relocation, RelocationKind};

use super::tables::{Tables, length_of};

const WHAT: &str = "base relocations";

/// All relocations: base relocations, then the slots of the imports.
pub(crate) fn relocations(
    parts: &Parts<'_>,
    tables: &Tables,
    budget: &mut Budget,
) -> Result<Vec<Relocation>, ObjectError> {
    let mut reader = Reader { format: Format::Pe, map: &parts.map, budget };
    let mut found = Vec::new();
    base_relocations(parts, tables.base_relocations, &mut reader, &mut found)?;
    let (count, size) = (tables.slots.len() as u64, length_of::<Relocation>());
    reader.steps("import address table", At::Address(parts.base), count)?;
    reader.memory("import address table", At::Address(parts.base), count * size)?;
    found.extend(tables.slots.iter().map(|slot| Relocation {
        place: slot.place,
        size: parts.pointer_size(),
        kind: RelocationKind::JumpSlot,
        symbol: Some(slot.symbol),
        addend: 0,
    }));
    Ok(found)
}

/// A block for each page that has any: a header, then an entry of two bytes for each place.
fn base_relocations(
    parts: &Parts<'_>,
    (mut at, mut left): (u64, u64),
    reader: &mut Reader<'_, '_>,
    found: &mut Vec<Relocation>,
) -> Result<(), ObjectError> {
    let header_size = length_of::<pe::ImageBaseRelocation>();
    while left >= header_size {
        let header: &pe::ImageBaseRelocation = reader.one(WHAT, at)?;
        let (page, size) = (header.virtual_address.get(LE), u64::from(header.size_of_block.get(LE)));
        if size == 0 {
            // Padding behind the last block.
            return Ok(());
        }
        if size < header_size || size > left {
            let problem = format!("a block of {size} bytes, where {header_size} to {left} are possible");
            return Err(reader.malformed(WHAT, at, problem));
        }
        let count = (size - header_size) / 2;
        let entries: &[U16<LE>] = reader.array(WHAT, at + header_size, count)?;
        reader.memory(WHAT, At::Address(at), count * length_of::<Relocation>())?;
        let mut entries = entries.iter();
        while let Some(entry) = entries.next() {
            let entry = entry.get(LE);
            let place = parts.base + u64::from(page) + u64::from(entry & 0xfff);
            let raw = pe::BaseRelocationType(entry >> 12);
            if raw == pe::IMAGE_REL_BASED_HIGHADJ {
                // The next entry is the low half of its value.
                entries.next();
            }
            found.extend(relocation(parts, place, raw));
        }
        (at, left) = (at + size, left - size);
    }
    Ok(())
}

fn relocation(parts: &Parts<'_>, place: u64, raw: pe::BaseRelocationType) -> Option<Relocation> {
    let (kind, size, addend) = match raw {
        pe::IMAGE_REL_BASED_ABSOLUTE => return None,
        pe::IMAGE_REL_BASED_DIR64 => {
            (RelocationKind::Relative, 8, parts.u64_at(place).unwrap_or_default().cast_signed())
        }
        pe::IMAGE_REL_BASED_HIGHLOW => {
            (RelocationKind::Relative, 4, parts.u32_at(place).unwrap_or_default().into())
        }
        // Pairs of instructions on 32-bit Arm; halves of addresses elsewhere.
        other => {
            let size = if parts.arch == Arch::Arm { 8 } else { 2 };
            (RelocationKind::Other(other.0.into()), size, 0)
        }
    };
    Some(Relocation { place, addend, symbol: None, kind, size })
}

/// The callbacks of the TLS directory: an array of pointers that ends with a null pointer.
pub(crate) fn initializers(
    parts: &Parts<'_>,
    tables: &Tables,
    reader: &mut Reader<'_, '_>,
) -> Result<Vec<Initializer>, ObjectError> {
    const WHAT: &str = "TLS directory";
    let Some(directory) = tables.thread_local else { return Ok(Vec::new()) };
    let width = u64::from(parts.pointer_size());
    let callbacks: u64 = if width == 8 {
        reader.one::<U64<LE>>(WHAT, directory.wrapping_add(3 * width))?.get(LE)
    } else {
        reader.one::<U32<LE>>(WHAT, directory.wrapping_add(3 * width))?.get(LE).into()
    };
    let mut found = Vec::new();
    if callbacks == 0 {
        return Ok(found);
    }
    let mut place = callbacks;
    while parts.word_at(place).is_some_and(|address| address != 0) {
        reader.steps(WHAT, At::Address(place), 1)?;
        reader.memory(WHAT, At::Address(place), length_of::<Initializer>())?;
        found.push(Initializer::Slot(place));
        place = place.wrapping_add(width);
    }
    Ok(found)
}
