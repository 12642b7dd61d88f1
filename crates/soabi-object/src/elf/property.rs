//! The GNU property note: which processor features a file needs.
//!
//! Sources: the x86-64 psABI, "Program Property", and the `AArch64` psABI supplement.

use object::elf;
use object::endian::U32;
use object::read::elf::FileHeader;
use object::{Endianness, pod};

use crate::error::{At, ObjectError};
use crate::facts::IsaLevels;
use crate::reader::Reader;

use super::range::Range;

const WHAT: &str = "notes";

/// The properties in these notes. Notes that are cut off or of another kind are passed over, as glibc's
/// `_dl_process_pt_note` passes over them.
pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
    reader: &mut Reader<'_, '_>,
    machine: elf::Machine,
    endian: Endianness,
    notes: &[Range],
) -> Result<IsaLevels, ObjectError> {
    let mut levels = IsaLevels::default();
    let alignment = size_of::<Elf::Word>();
    for range in notes.iter().filter(|range| range.alignment == alignment as u64) {
        let bytes = reader.map.bytes_from(range.address).unwrap_or_default();
        let length = usize::try_from(range.file_size).unwrap_or(usize::MAX).min(bytes.len());
        let mut rest = &bytes[..length];
        while let Some((header, body)) = words::<3>(rest, endian) {
            reader.steps(WHAT, At::Address(range.address), 1)?;
            let [name_size, size, kind] = header;
            let Some((name, body)) = split(body, name_size, 4) else { break };
            let Some((description, next)) = split(body, size, alignment) else { break };
            if name == b"GNU\0" && kind == elf::NT_GNU_PROPERTY_TYPE_0.0 {
                properties(reader, range.address, machine, endian, (description, alignment), &mut levels)?;
            }
            rest = next;
        }
    }
    Ok(levels)
}

fn properties(
    reader: &mut Reader<'_, '_>,
    at: u64,
    machine: elf::Machine,
    endian: Endianness,
    (mut rest, alignment): (&[u8], usize),
    levels: &mut IsaLevels,
) -> Result<(), ObjectError> {
    while let Some(([kind, size], body)) = words::<2>(rest, endian) {
        reader.steps(WHAT, At::Address(at), 1)?;
        let Some((value, next)) = split(body, size, alignment) else { break };
        let known = match (machine, elf::GnuPropertyType(kind)) {
            (elf::EM_X86_64 | elf::EM_386, elf::GNU_PROPERTY_X86_ISA_1_NEEDED) => &mut levels.x86_needed,
            (elf::EM_X86_64 | elf::EM_386, elf::GNU_PROPERTY_X86_ISA_1_USED) => &mut levels.x86_used,
            (elf::EM_X86_64 | elf::EM_386, elf::GNU_PROPERTY_X86_FEATURE_1_AND) => &mut levels.x86_features,
            (elf::EM_AARCH64, elf::GNU_PROPERTY_AARCH64_FEATURE_1_AND) => &mut levels.aarch64_features,
            _ => &mut None,
        };
        if let Some(([bits], _)) = words::<1>(value, endian) {
            *known = Some(bits);
        }
        rest = next;
    }
    Ok(())
}

/// The first `N` words of `bytes` and what follows them.
fn words<const N: usize>(bytes: &[u8], endian: Endianness) -> Option<([u32; N], &[u8])> {
    let (words, rest) = pod::slice_from_bytes::<U32<Endianness>>(bytes, N).ok()?;
    let words: &[U32<Endianness>; N] = words.try_into().ok()?;
    Some((words.map(|word| word.get(endian)), rest))
}

/// The first `size` bytes of `bytes`, and what follows them and their padding.
fn split(bytes: &[u8], size: u32, alignment: usize) -> Option<(&[u8], &[u8])> {
    let size = usize::try_from(size).ok()?;
    let taken = bytes.get(..size)?;
    let padded = size.checked_next_multiple_of(alignment)?.min(bytes.len());
    Some((taken, &bytes[padded..]))
}
