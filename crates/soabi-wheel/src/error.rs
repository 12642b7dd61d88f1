//! Why a wheel, or a member of one, could not be read.

use std::io;

use soabi_object::ObjectError;

use crate::file_name::ParseWheelNameError;
use crate::record::TooManyFields;
use crate::zip::ArchiveError;

/// Why a wheel could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum WheelError {
    /// The system does not let it be read.
    #[error("cannot read {name}")]
    Io {
        /// The wheel, as its user calls it.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// A directory, a pipe or a device. Nothing was read from it.
    #[error("{name} is not a regular file")]
    NotAFile {
        /// The wheel, as its user calls it.
        name: String,
    },
    /// The file's name is no wheel's.
    #[error(transparent)]
    FileName(#[from] ParseWheelNameError),
    /// The archive's structure cannot be read.
    #[error("{name} is not a sound zip archive")]
    Archive {
        /// The wheel, as its user calls it.
        name: String,
        /// What is wrong with it.
        source: ArchiveError,
    },
    /// There is no `<name>-<version>.dist-info/WHEEL`, which makes an archive a wheel.
    #[error("{name} has no .dist-info/WHEEL")]
    NoMetadata {
        /// The wheel, as its user calls it.
        name: String,
    },
    /// The metadata could not be read.
    #[error(transparent)]
    Metadata(#[from] MemberError),
}

/// Why a member of a wheel could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{member}: {kind}")]
pub struct MemberError {
    /// The member's name.
    pub member: String,
    /// What is wrong with it.
    #[source]
    pub kind: MemberErrorKind,
}

/// What is wrong with a member.
#[derive(Debug, thiserror::Error)]
pub enum MemberErrorKind {
    /// It is encrypted. What it holds is not known.
    #[error("the member is encrypted")]
    Encrypted,
    /// It is compressed with something else than deflate. What it holds is not known.
    #[error("the compression method {0} is not one that installers know, expected 0 (stored) or 8 (deflate)")]
    Method(u16),
    /// Its place in the archive is not there, or is not a member's.
    #[error("the archive's directory points to something that is not the member")]
    Place,
    /// The system does not let it be read, or the archive ends before the member does.
    #[error("cannot read the member's bytes: {0}")]
    Io(io::Error),
    /// It is larger than this reader takes on.
    #[error("it inflates to {size} bytes, and the limit is {limit}")]
    TooLarge {
        /// The size that the archive's directory gives, in bytes.
        size: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// It is a bomb, or the archive's directory lies.
    #[error("{compressed} bytes are to inflate to {size}, more than {limit} times as many")]
    Ratio {
        /// The size in the archive.
        compressed: u64,
        /// The size that the archive's directory gives.
        size: u64,
        /// The largest ratio that is taken on.
        limit: u64,
    },
    /// The compressed bytes are damaged.
    #[error("the compressed bytes are damaged: {0}")]
    Inflate(String),
    /// It does not inflate to what the archive's directory says.
    #[error("it inflates to {actual} bytes, and the archive's directory says {expected}")]
    Size {
        /// What the directory says.
        expected: u64,
        /// What there is, or at least this much.
        actual: u64,
    },
    /// Its checksum is not what the archive's directory says.
    #[error("its CRC-32 is {actual:08x}, and the archive's directory says {expected:08x}")]
    Checksum {
        /// What the directory says.
        expected: u32,
        /// What the bytes have.
        actual: u32,
    },
    /// It is a `RECORD` that is not read.
    #[error(transparent)]
    Record(#[from] TooManyFields),
    /// It was read, and is not a sound native file. In a member whose name is a native file's, that includes
    /// being none at all.
    #[error("{0}")]
    Object(ObjectError),
}
