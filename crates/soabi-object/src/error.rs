//! Why a file has no facts.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::budget::Resource;
use crate::format::Format;

/// Bytes that are not a native file, or not a sound one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The first bytes are of no native format.
    #[error("not an ELF, Mach-O or PE file: it starts with {0:02x?}")]
    NotNative(Vec<u8>),
    /// A part of the file is not as its format asks.
    #[error("{} {what} {at}: {problem}", .format.title())]
    Malformed {
        /// The format.
        format: Format,
        /// The part, in the format's own words.
        what: &'static str,
        /// Where it is, or should be.
        at: At,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// Reading a part of the file costs more than a file of this size may cost: its tables overlap, lead in circles
    /// or share their text, as no linker writes them.
    #[error(
        "{} {what} {at}: reading it takes more than {limit} {resource}, the most for a file of this size",
        .format.title()
    )]
    OverBudget {
        /// The format.
        format: Format,
        /// The part, in the format's own words.
        what: &'static str,
        /// Where the reader stopped.
        at: At,
        /// What was spent.
        resource: Resource,
        /// The limit. See [`Budget`](crate::Budget).
        limit: u64,
    },
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Bytes from the start of the file, or of the slice of a universal file.
    Offset(u64),
    /// An address in the loaded image, as the file counts them.
    Address(u64),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset(offset) => write!(f, "at offset {offset:#x}"),
            Self::Address(address) => write!(f, "at address {address:#x}"),
        }
    }
}

/// Why a file on disk has no facts.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system does not let it be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is larger than the caller's limit. Only its first bytes were read.
    #[error("{} has {size} bytes, and the limit is {limit}", .path.display())]
    TooLarge {
        /// Its path.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A directory, a pipe or a device. Nothing was read from it.
    #[error("{} is not a regular file", .path.display())]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// The bytes are not what they should be.
    #[error(transparent)]
    Object(#[from] ObjectError),
}
