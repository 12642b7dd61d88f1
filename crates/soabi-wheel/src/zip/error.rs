//! Why an archive cannot be read.

use std::io;

/// Why an archive has no reading at all.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The source cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No end record.
    #[error("it has no end record")]
    NoEnd,
    /// A locator of a zip64 end record, and no such record.
    #[error("it has no zip64 end record where one should be")]
    Zip64,
    /// The directory is larger than what is in front of it.
    #[error("its directory does not fit into it")]
    Directory,
    /// The directory is larger than what is taken on.
    #[error("its directory has {size} bytes, and the limit is {limit}")]
    DirectoryTooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Something in the directory is not an entry, or ends too early.
    #[error("its directory has something else than an entry at offset {at:#x}")]
    Entry {
        /// Where.
        at: u64,
    },
    /// Members share their bytes, as no archiver makes them: a way to let a small file inflate to a huge one.
    #[error("it is a zip bomb: its members have {claimed} bytes in a file of {file}")]
    Overlap {
        /// The bytes that the members claim.
        claimed: u64,
        /// The bytes that the file has.
        file: u64,
    },
}
