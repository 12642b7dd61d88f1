//! Wheels: the archive, its file name, its metadata, and what an installer leaves behind of it.
//!
//! A wheel is read through its central directory with positioned reads, from anything that has them ([`source`]). Its
//! structure is read strictly: what two readers would understand differently is an [`Ambiguity`]. Nothing is written
//! to disk, and only native files, known by their first bytes whatever their names are, and the metadata are inflated.
//! One member is in memory at a time, per thread. What a native file says is read by soabi-object; what follows from
//! it is not decided here.

#![forbid(unsafe_code)]

pub mod ambiguity;
mod container;
mod deflate;
pub mod error;
pub mod file_name;
mod inflate;
pub mod installed;
pub mod member;
pub mod metadata;
pub mod package;
pub mod record;
pub mod scheme;
pub mod source;
pub mod tags;
pub mod text;
mod wheel;
mod zip;

pub use ambiguity::{Ambiguity, AmbiguityKind};
pub use container::Limits;
pub use error::{MemberError, MemberErrorKind, WheelError};
pub use file_name::{BuildTag, WheelFileName, WheelTag};
pub use inflate::Inflater;
pub use installed::{Installed, InstalledError};
pub use member::{Member, is_native_name};
pub use metadata::WheelMetadata;
pub use package::{Package, PackageKind};
pub use record::{Record, RecordMismatch, RecordMismatchKind, Row, TooManyFields, record_hash};
pub use scheme::{Placed, Scheme};
pub use source::ReadAt;
pub use text::{Sources, Text};
pub use wheel::Wheel;
pub use zip::ArchiveError;
