//! Tables and text of a file, read by address or from a slice, at the expense of its budget.

use std::borrow::Cow;
use std::ffi::CStr;

use object::pod::{self, Pod};
use soabi_core::foreign::from_bytes;

use crate::budget::{Budget, Exhausted};
use crate::error::{At, ObjectError};
use crate::format::Format;
use crate::image::Map;

/// What decoders read through. Every read is charged before it is done: a table with one step per entry, a text
/// with one per byte.
pub(crate) struct Reader<'a, 'data> {
    pub(crate) format: Format,
    pub(crate) map: &'a Map<'data>,
    pub(crate) budget: &'a mut Budget,
}

impl<'data> Reader<'_, 'data> {
    /// Exactly `length` bytes at `address`, which are the file's `what`. Not charged: nothing was looked at yet.
    pub(crate) fn bytes(
        &self,
        what: &'static str,
        address: u64,
        length: u64,
    ) -> Result<&'data [u8], ObjectError> {
        let bytes = self.map.bytes_from(address).unwrap_or_default();
        let wanted = usize::try_from(length).ok().and_then(|length| bytes.get(..length));
        wanted.ok_or_else(|| {
            let problem = format!("{length} bytes are needed, but the file has {} there", bytes.len());
            self.malformed(what, address, problem)
        })
    }

    /// One `T` at `address`.
    pub(crate) fn one<T: Pod>(&mut self, what: &'static str, address: u64) -> Result<&'data T, ObjectError> {
        self.array(what, address, 1).map(|array| &array[0])
    }

    /// `count` of `T` at `address`.
    pub(crate) fn array<T: Pod>(
        &mut self,
        what: &'static str,
        address: u64,
        count: u64,
    ) -> Result<&'data [T], ObjectError> {
        let length = count.saturating_mul(size_of::<T>() as u64);
        let bytes = self.bytes(what, address, length)?;
        self.steps(what, At::Address(address), count)?;
        // The types of `object` have no alignment, and the length is an exact multiple of their size.
        pod::slice_from_all_bytes(bytes).map_err(|()| {
            self.malformed(what, address, "its length is not a multiple of its entries'".to_owned())
        })
    }

    /// The text at `address`, up to its NUL.
    pub(crate) fn string(&mut self, what: &'static str, address: u64) -> Result<&'data [u8], ObjectError> {
        let bytes = self.map.bytes_from(address).unwrap_or_default();
        self.text(what, At::Address(address), bytes)?
            .ok_or_else(|| self.malformed(what, address, "there is no text that ends in a NUL".to_owned()))
    }

    /// The text at the start of `bytes`, up to its NUL. `None` if there is no NUL.
    pub(crate) fn text(
        &mut self,
        what: &'static str,
        at: At,
        bytes: &'data [u8],
    ) -> Result<Option<&'data [u8]>, ObjectError> {
        let affordable = usize::try_from(self.budget.steps_left()).unwrap_or(usize::MAX);
        let window = &bytes[..bytes.len().min(affordable)];
        let length = CStr::from_bytes_until_nul(window).ok().map(CStr::count_bytes);
        // Without a NUL all of the window was looked at, which spends what is left if the window was cut.
        let looked_at = length.map_or(window.len() as u64, |length| length as u64 + 1);
        let beyond = u64::from(length.is_none() && window.len() < bytes.len());
        self.steps(what, at, looked_at + beyond)?;
        Ok(length.map(|length| &window[..length]))
    }

    /// Charges the copy of a name that facts make, and the name's place among the facts, which takes `entry` bytes.
    pub(crate) fn keep(
        &mut self,
        what: &'static str,
        at: At,
        length: usize,
        entry: usize,
    ) -> Result<(), ObjectError> {
        self.memory(what, at, (length + entry) as u64)
    }

    /// Charges steps.
    pub(crate) fn steps(&mut self, what: &'static str, at: At, count: u64) -> Result<(), ObjectError> {
        self.budget.steps(count).map_err(|exhausted| self.exhausted(what, at, exhausted))
    }

    /// Charges memory.
    pub(crate) fn memory(&mut self, what: &'static str, at: At, bytes: u64) -> Result<(), ObjectError> {
        self.budget.memory(bytes).map_err(|exhausted| self.exhausted(what, at, exhausted))
    }

    fn exhausted(&self, what: &'static str, at: At, exhausted: Exhausted) -> ObjectError {
        ObjectError::OverBudget {
            format: self.format,
            what,
            at,
            resource: exhausted.resource,
            limit: exhausted.limit,
        }
    }

    /// The error that `what` at `address` is not as it should be.
    pub(crate) fn malformed(&self, what: &'static str, address: u64, problem: String) -> ObjectError {
        ObjectError::Malformed { format: self.format, what, at: At::Address(address), problem }
    }
}

/// `name` as text. Bytes that are not UTF-8 are written as `\xff`, and only then it is copied.
pub(crate) fn lossy(name: &[u8]) -> Cow<'_, str> {
    str::from_utf8(name).map_or_else(|_| Cow::Owned(from_bytes(name)), Cow::Borrowed)
}
