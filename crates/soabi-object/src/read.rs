//! From bytes and files to facts, whatever the format.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this file opens files; the rest of the crate sees bytes"
)]

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use soabi_core::Arch;

use crate::elf;
use crate::error::{FileError, ObjectError};
use crate::facts::ObjectFacts;
use crate::image::Image;
use crate::magic::not_native;

pub use crate::magic::{MAGIC_LENGTH, is_native};

/// The facts of a native file: one set, or one per slice of a universal file.
///
/// # Errors
///
/// As [`Image::parse`]. There are no partial facts.
pub fn read(bytes: &[u8]) -> Result<Vec<ObjectFacts>, ObjectError> {
    Ok(Image::parse(bytes)?.iter().map(ObjectFacts::of).collect())
}

/// The machine that the ELF file at `path` is for, by its header; `None` for every other file, and for one that cannot be
/// read.
pub fn machine_of(path: &Path) -> Option<Arch> {
    let mut start = Vec::new();
    // Asked first, because opening a pipe waits for a writer.
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    File::open(path).ok()?.take(MAGIC_LENGTH as u64).read_to_end(&mut start).ok()?;
    elf::machine(&start)
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
