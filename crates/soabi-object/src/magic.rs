//! The magic numbers of native files.

use crate::error::ObjectError;
use crate::wasm;

/// How many bytes of a file [`is_native`] wants to see.
pub const MAGIC_LENGTH: usize = 64;

/// Java's class files have the magic of universal Mach-O files and their own version in place of the number of
/// slices. The first version was 45; no universal file has that many slices.
const FIRST_JAVA_VERSION: u32 = 45;

/// A format by its magic number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    Elf,
    MachO,
    Universal32,
    Universal64,
    Pe,
    Wasm,
}

/// Whether a file that starts with `start` and has `size` bytes is a native file by its magic number: ELF, Mach-O,
/// PE, or a side module of WebAssembly. `start` should hold [`MAGIC_LENGTH`] bytes, or the whole file if it is shorter.
pub fn is_native(start: &[u8], size: u64) -> bool {
    magic(start, size).is_some()
}

/// The format of a file that starts with `start` and has `size` bytes.
pub(crate) fn magic(start: &[u8], size: u64) -> Option<Magic> {
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
        [0, b'a', b's', b'm', ..] => wasm::is_side_module(start).then_some(Magic::Wasm),
        _ => None,
    }
}

/// The error for a file that starts with `start`, which is the magic number of no format.
pub(crate) fn not_native(start: &[u8]) -> ObjectError {
    if start.is_empty() {
        return ObjectError::Empty;
    }
    ObjectError::NotNative(start[..start.len().min(4)].to_vec())
}
