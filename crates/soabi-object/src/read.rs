//! From bytes to images and facts, whatever the format.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this file opens files; the rest of the crate sees bytes"
)]

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use object::macho::{FatArch32, FatArch64};

use crate::budget::Budget;
use crate::error::{FileError, ObjectError};
use crate::facts::ObjectFacts;
use crate::image::{Image, Parts};
use crate::{elf, macho, pe, wasm};

/// How many bytes of a file [`is_native`] wants to see.
pub const MAGIC_LENGTH: usize = 64;

/// Java's class files have the magic of universal Mach-O files and their own version in place of the number of
/// slices. The first version was 45; no universal file has that many slices.
const FIRST_JAVA_VERSION: u32 = 45;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Magic {
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
        [0, b'a', b's', b'm', ..] => wasm::is_side_module(start).then_some(Magic::Wasm),
        _ => None,
    }
}

fn not_native(start: &[u8]) -> ObjectError {
    if start.is_empty() {
        return ObjectError::Empty;
    }
    ObjectError::NotNative(start[..start.len().min(4)].to_vec())
}

/// The parts of each image in a file.
pub(crate) fn parts<'data>(
    bytes: &'data [u8],
    budget: &mut Budget,
) -> Result<Vec<Parts<'data>>, ObjectError> {
    match magic(bytes, bytes.len() as u64) {
        Some(Magic::Elf) => elf::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::MachO) => macho::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::Universal32) => macho::universal_parts::<FatArch32>(bytes, budget),
        Some(Magic::Universal64) => macho::universal_parts::<FatArch64>(bytes, budget),
        Some(Magic::Pe) => pe::parts(bytes, budget).map(|parts| vec![parts]),
        Some(Magic::Wasm) => wasm::parts(bytes, budget).map(|parts| vec![parts]),
        None => Err(not_native(bytes)),
    }
}

/// The facts of a native file: one set, or one per slice of a universal file.
///
/// # Errors
///
/// As [`Image::parse`]. There are no partial facts.
pub fn read(bytes: &[u8]) -> Result<Vec<ObjectFacts>, ObjectError> {
    Ok(Image::parse(bytes)?.iter().map(ObjectFacts::of).collect())
}

/// What a caller reads of files and members at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of a native file in bytes.
    pub size: u64,
}

impl Default for Limits {
    /// 4 GiB.
    fn default() -> Self {
        Self { size: 1 << 32 }
    }
}

/// The facts of the file at `path`, within the default [`Limits`].
pub fn read_file(path: &Path) -> Result<Vec<ObjectFacts>, FileError> {
    read_file_within(path, Limits::default())
}

/// The facts of the file at `path`.
///
/// # Errors
///
/// As [`read_native`] and [`read`].
pub fn read_file_within(path: &Path, limits: Limits) -> Result<Vec<ObjectFacts>, FileError> {
    Ok(read(&read_native(path, limits)?)?)
}

/// The bytes of the native file at `path`.
///
/// # Errors
///
/// When the file cannot be read, is no regular file, has a magic number of no native format, or is larger than the
/// limit. In the last two cases no more than [`MAGIC_LENGTH`] bytes of it were read.
pub fn read_native(path: &Path, limits: Limits) -> Result<Vec<u8>, FileError> {
    let io = |source| FileError::Io { path: path.to_owned(), source };
    // Asked first, because opening a pipe waits for a writer.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    let mut file = File::open(path).map_err(io)?;
    // The path may lead to another file by now.
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    let size = metadata.len();
    let mut bytes = Vec::new();
    file.by_ref().take(MAGIC_LENGTH as u64).read_to_end(&mut bytes).map_err(io)?;
    if !is_native(&bytes, size) {
        return Err(not_native(&bytes).into());
    }
    let too_large = |size| FileError::TooLarge { path: path.to_owned(), size, limit: limits.size };
    if size > limits.size {
        return Err(too_large(size));
    }
    let capacity = usize::try_from(size).map_err(|_| too_large(size))?;
    bytes
        .try_reserve_exact(capacity.saturating_sub(bytes.len()))
        .map_err(|_| io(io::ErrorKind::OutOfMemory.into()))?;
    // A file may grow while it is read.
    let rest = limits.size.saturating_sub(bytes.len() as u64).saturating_add(1);
    file.take(rest).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limits.size {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}
