//! Wheels: the archive, its file name, its metadata, and what an installer leaves behind of it.
//!
//! A wheel is read through its central directory with positioned reads. Nothing is written to disk, and only two
//! kinds of members are inflated: native files, known by their first bytes whatever their names are, and the
//! metadata. One member is in memory at a time, per thread. What a native file says is read by soabi-object; what
//! follows from it is not decided here.

#![forbid(unsafe_code)]

mod archive;
pub mod error;
pub mod file_name;
mod inflate;
pub mod installed;
pub mod member;
pub mod metadata;

pub use archive::{Limits, Wheel};
pub use error::{MemberError, MemberErrorKind, WheelError};
pub use file_name::{BuildTag, WheelFileName, WheelTag};
pub use inflate::Inflater;
pub use installed::{Installed, InstalledError};
pub use member::{Member, Oddity, OddityKind, is_native_name};
pub use metadata::WheelMetadata;
