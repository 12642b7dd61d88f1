//! Wheels: the archive, its file name and its metadata.

pub mod file_name;

pub use file_name::{BuildTag, WheelFileName, WheelTag};
