//! Copies of a file's names, within limits.
//!
//! Many symbols of a hostile file may share the bytes of one long name. Facts own their names, so such a file
//! would turn megabytes into terabytes. Linkers share tails of names at most, so the copies may add up to a
//! small multiple of the file and no more.

use std::sync::Arc;

use soabi_core::foreign::from_bytes;

use crate::error::ObjectError;

/// What may still be copied of a file's names.
#[derive(Debug)]
pub(crate) struct TextLimit {
    limit: usize,
    left: usize,
}

impl TextLimit {
    /// The limit for a file of `size` bytes.
    pub(crate) fn for_file(size: usize) -> Self {
        let limit = size.saturating_mul(2).saturating_add(1 << 16);
        Self { limit, left: limit }
    }

    /// A copy of `name`. Bytes that are not UTF-8 are written as `\xff`.
    pub(crate) fn own(&mut self, name: &[u8]) -> Result<String, ObjectError> {
        self.charge(name.len())?;
        Ok(from_bytes(name))
    }

    /// Counts a name of `length` bytes, and the table entry that every name has.
    pub(crate) fn charge(&mut self, length: usize) -> Result<(), ObjectError> {
        const ENTRY: usize = 8;
        self.left =
            self.left.checked_sub(length + ENTRY).ok_or(ObjectError::TooLarge { limit: self.limit })?;
        Ok(())
    }

    /// A copy of `name` that is shared from then on.
    pub(crate) fn share(&mut self, name: &[u8]) -> Result<Arc<str>, ObjectError> {
        self.own(name).map(Arc::from)
    }
}
