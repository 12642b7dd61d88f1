//! Text behind pointers.

use crate::memory::Memory;
use crate::value::Value;

/// The text that a pointer at `address` points to: `Ok(None)` for a null pointer, `Err` if it is unknown.
pub(super) fn text_at(memory: &Memory<'_>, address: u64) -> Result<Option<String>, ()> {
    match memory.pointer(address) {
        Value::Int(0) => Ok(None),
        Value::Int(at) => memory.text(at).map(Some).ok_or(()),
        _ => Err(()),
    }
}
