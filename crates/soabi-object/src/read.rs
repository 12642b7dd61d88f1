//! From bytes to facts, whatever the format.

use std::fs;
use std::path::Path;

use object::macho;

use crate::elf;
use crate::error::{FileError, ObjectError};
use crate::facts::ObjectFacts;
use crate::macho as mach;
use crate::pe;

/// How many bytes of a file [`is_native`] wants to see.
pub const MAGIC_LENGTH: usize = 64;

/// Java's class files have the magic of universal Mach-O files and their own version in place of the number of
/// slices. The first version was 45; nobody has that many slices.
const FIRST_JAVA_VERSION: u32 = 45;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Magic {
    Elf,
    MachO,
    Universal32,
    Universal64,
    Pe,
}

/// Whether a file that starts with `start` and has `size` bytes is a native file by its magic number: ELF, Mach-O
/// or PE. `start` should hold [`MAGIC_LENGTH`] bytes, or the whole file if it is shorter.
pub fn is_native(start: &[u8], size: u64) -> bool {
    magic(start, size).is_some()
}

fn magic(start: &[u8], size: u64) -> Option<Magic> {
    match start {
        [0x7f, b'E', b'L', b'F', ..] => Some(Magic::Elf),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Some(Magic::MachO),
        [0xca, 0xfe, 0xba, 0xbf, ..] => Some(Magic::Universal64),
        [0xca, 0xfe, 0xba, 0xbe, a, b, c, d, ..]
            if u32::from_be_bytes([*a, *b, *c, *d]) < FIRST_JAVA_VERSION =>
        {
            Some(Magic::Universal32)
        }
        [b'M', b'Z', ..] => {
            // Text may start with `MZ` too, but does not then say where in the file the PE headers are.
            let headers = start.get(0x3c..)?.first_chunk().copied().map(u32::from_le_bytes)?;
            (headers >= 4 && u64::from(headers) < size).then_some(Magic::Pe)
        }
        _ => None,
    }
}

/// The facts of a native file: one set, or one per slice of a universal file.
///
/// # Errors
///
/// When the bytes are of no native format, or when anything that the facts are made of is not as the format asks.
/// There are no partial facts.
pub fn read(bytes: &[u8]) -> Result<Vec<ObjectFacts>, ObjectError> {
    if bytes.is_empty() {
        return Err(ObjectError::Empty);
    }
    match magic(bytes, bytes.len() as u64) {
        Some(Magic::Elf) => elf::facts(bytes).map(|facts| vec![facts]),
        Some(Magic::MachO) => mach::facts(bytes).map(|facts| vec![facts]),
        Some(Magic::Universal32) => mach::universal_facts::<macho::FatArch32>(bytes),
        Some(Magic::Universal64) => mach::universal_facts::<macho::FatArch64>(bytes),
        Some(Magic::Pe) => pe::facts(bytes).map(|facts| vec![facts]),
        None => Err(ObjectError::NotNative(bytes[..bytes.len().min(4)].to_vec())),
    }
}

/// The facts of the file at `path`, which is read as a whole.
pub fn read_file(path: &Path) -> Result<Vec<ObjectFacts>, FileError> {
    let io = |source| FileError::Io { path: path.to_owned(), source };
    // Asked first, because opening a pipe waits for somebody to write into it.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    Ok(read(&fs::read(path).map_err(io)?)?)
}
