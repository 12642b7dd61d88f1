//! Ranges that program headers name.

/// A range that a program header names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) address: u64,
    pub(super) offset: u64,
    /// In memory.
    pub(super) size: u64,
    pub(super) file_size: u64,
    pub(super) alignment: u64,
}
