//! Static `PyTypeObject`s and `PyType_Spec`s, recognised by their shape where a relocation gives them a name.

use serde::Serialize;

use crate::memory::Memory;
use crate::value::Value;

use super::layout::{HeadClass, Layout, head, is_free_threaded, is_pypy};

/// The most slots of a specification.
const MOST_SLOTS: usize = 160;
/// The highest slot number of a type: `Py_tp_token` and the shared numbers of 3.15.
const LAST_SLOT: u64 = 127;

/// The fields of `PyTypeObject` that are offsets into an object, in words from `tp_name`: `tp_weaklistoffset` and
/// `tp_dictoffset`.
const OFFSETS: [u64; 2] = [23, 33];
/// The fields that are functions.
const FUNCTIONS: [u64; 20] = [3, 5, 6, 8, 12, 13, 14, 15, 16, 20, 21, 22, 24, 25, 31, 32, 34, 35, 36, 37];

/// The slots of a type that are no functions: `tp_base`, `tp_bases`, `tp_doc`, `tp_methods`, `tp_members`,
/// `tp_getset`, `tp_token`, and the nested arrays of 3.15.
const DATA_SLOTS: [u64; 9] = [48, 49, 56, 64, 72, 73, 83, 92, 93];

/// A `PyTypeObject` in the file: not possible with the limited API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaticType {
    /// `tp_name`.
    pub name: String,
    /// Its address.
    pub address: u64,
    /// The headers that wrote its head.
    pub head: HeadClass,
    /// `tp_basicsize`, in bytes.
    pub basic_size: i64,
    /// `tp_flags`.
    pub flags: u64,
}

/// A `PyType_Spec` in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeSpec {
    /// The type's name.
    pub name: String,
    /// Its address.
    pub address: u64,
    /// `basicsize`; negative sizes are relative to the base class (3.12).
    pub basic_size: i32,
    /// `itemsize`.
    pub item_size: i32,
    /// `flags`.
    pub flags: u32,
    /// The numbers of its slots.
    pub slots: Vec<u32>,
}

/// The static type whose `tp_name` is at `place`.
pub(crate) fn static_type(memory: &Memory<'_>, place: u64) -> Option<StaticType> {
    let width = memory.program.width();
    let wide = u64::from(width);
    let candidates: &[Layout] =
        if is_pypy(memory) { &[Layout::PyPy] } else { &[Layout::Gil, Layout::FreeThreaded] };
    candidates.iter().find_map(|&layout| {
        // The object, `ob_size`, `tp_name`.
        let address = place.checked_sub(layout.object_size(width) + wide)?;
        if layout == Layout::FreeThreaded && !is_free_threaded(memory, address) {
            return None;
        }
        let head = head(memory, address, layout)?;
        let at = |index: u64| place.wrapping_add(index * wide);
        let number = |index: u64| memory.program.plain(at(index), width);
        if memory.program.plain(place.wrapping_sub(wide), width) != Some(0) {
            return None;
        }
        let (basic_size, item_size, flags) = (number(1)?, number(2)?, number(18)?);
        // An object header at least; no type of the corpus has more than a few kilobytes.
        if !(2 * wide..=1 << 24).contains(&basic_size) || item_size > 1 << 16 || flags >> 32 != 0 {
            return None;
        }
        let offsets_are_sound = OFFSETS
            .iter()
            .all(|&index| number(index).is_some_and(|offset| offset.wrapping_add(1 << 20) < 1 << 21));
        let functions_are_sound = FUNCTIONS.iter().all(|&index| match memory.pointer(at(index)) {
            Value::Int(0) => true,
            Value::Int(function) => memory.program.is_code(function),
            value => value.is_pointer(),
        });
        if !offsets_are_sound || !functions_are_sound {
            return None;
        }
        let name = name_at(memory, place)?;
        Some(StaticType { name, address, head, basic_size: basic_size.cast_signed(), flags })
    })
}

/// How far the pointer to the slots of a specification is from its name, for pointers of `width` bytes: behind
/// `basicsize`, `itemsize` and `flags`.
pub(crate) const fn slots_offset(width: u8) -> u64 {
    if width == 8 { 24 } else { 16 }
}

/// The specification whose `name` is at `place`.
pub(crate) fn type_spec(memory: &Memory<'_>, place: u64) -> Option<TypeSpec> {
    let width = memory.program.width();
    let wide = u64::from(width);
    let int = |offset: u64| u32::try_from(memory.number(place.wrapping_add(wide + offset), 4)?).ok();
    let (basic_size, item_size, flags) = (int(0)?.cast_signed(), int(4)?.cast_signed(), int(8)?);
    // Zero inherits the size; an object has a head of two words at least.
    let is_size = (-(1 << 20)..=0).contains(&basic_size) || (8..=1 << 24).contains(&basic_size);
    if !is_size || !(0..=1 << 16).contains(&item_size) {
        return None;
    }
    let padding = if wide == 8 { int(12)? } else { 0 };
    if padding != 0 {
        return None;
    }
    let Value::Int(slots_at) = memory.pointer(place.wrapping_add(slots_offset(width))) else { return None };
    if !memory.program.is_mapped(slots_at) {
        return None;
    }
    let slots = slot_numbers(memory, slots_at)?;
    // Tables of numbered functions are common; the name of a type without its module's is not.
    let name = name_at(memory, place).filter(|name| name.contains('.'))?;
    Some(TypeSpec { name, address: place, basic_size, item_size, flags, slots })
}

/// The numbers of a `PyType_Slot` array, if it looks like one: it has an end, and each entry has a number of a
/// slot and a value that is an address or an import.
fn slot_numbers(memory: &Memory<'_>, address: u64) -> Option<Vec<u32>> {
    let wide = u64::from(memory.program.width());
    let mut slots = Vec::new();
    let mut at = address;
    loop {
        memory.spend(1)?;
        let id = memory.number(at, 4)?;
        if wide == 8 && memory.number(at.wrapping_add(4), 4)? != 0 {
            return None;
        }
        let value = memory.pointer(at.wrapping_add(wide));
        if id == 0 {
            return (value == Value::Int(0) && !slots.is_empty()).then_some(slots);
        }
        let points = match value {
            // An empty text or table is written as null by some.
            Value::Int(0) => true,
            Value::Int(address) if DATA_SLOTS.contains(&id) => memory.program.is_mapped(address),
            Value::Int(address) => memory.program.is_code(address),
            value => value.is_pointer(),
        };
        if id > LAST_SLOT || !points || slots.len() >= MOST_SLOTS {
            return None;
        }
        slots.push(u32::try_from(id).ok()?);
        at = at.wrapping_add(2 * wide);
    }
}

/// The text that the pointer at `place` points to, if it can be the name of a type.
fn name_at(memory: &Memory<'_>, place: u64) -> Option<String> {
    let Value::Int(at) = memory.pointer(place) else { return None };
    let bytes = memory.program.bytes_from(at)?;
    let end = bytes.iter().take(256).position(|&byte| byte == 0)?;
    let name = std::str::from_utf8(&bytes[..end]).ok()?;
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '-' | '<' | '>' | ':');
    (!name.is_empty() && name.chars().all(sound)).then(|| name.to_owned())
}
