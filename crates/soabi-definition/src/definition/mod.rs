//! The structures of CPython's C API that describe modules and types, decoded from memory.
//!
//! Memory is the image with what partial execution stored over it. Every decoder reads a bounded number of bytes.
//! Sources: CPython's `Include/moduleobject.h`, `Include/methodobject.h`, `Include/object.h`, PEP 489, PEP 684,
//! PEP 703, PEP 793, PEP 803.

pub(crate) mod abi_info;
pub(crate) mod layout;
pub(crate) mod methods;
pub(crate) mod minimum;
pub(crate) mod slots;
mod text;
pub(crate) mod types;

use crate::memory::Memory;
use crate::value::Value;

use text::text_at;

pub use abi_info::{AbiFlag, AbiInfo};
pub use layout::{HeadClass, Layout};
pub use methods::Method;
pub use minimum::Minimum;
pub use slots::Slot;
pub use types::{StaticType, TypeSpec};

/// A decoded `PyModuleDef`, or the equivalent in slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) address: Option<u64>,
    pub(crate) layout: Layout,
    pub(crate) head: Option<HeadClass>,
    pub(crate) name: Option<String>,
    pub(crate) doc: Option<String>,
    pub(crate) size: Option<i64>,
    /// `None` if they are unknown; empty if there are none.
    pub(crate) methods: Option<Vec<Method>>,
    pub(crate) slots: Option<Vec<Slot>>,
    pub(crate) abi_info: Option<AbiInfo>,
}

/// A signed number of the pointer's width.
fn signed_at(memory: &Memory<'_>, address: u64) -> Option<i64> {
    let width = memory.program.width();
    let number = memory.number(address, width)?;
    Some(crate::value::sign_extend(number, width).cast_signed())
}

/// Decodes the `PyModuleDef` at `address`.
pub(crate) fn module_def(memory: &Memory<'_>, address: u64, trace_refs: bool) -> Option<Decoded> {
    let width = u64::from(memory.program.width());
    let layout = layout::choose(memory, address, trace_refs)?;
    let fields = address.wrapping_add(layout.name_offset(memory.program.width()));
    let field = |index: u64| fields.wrapping_add(index * width);
    let name = text_at(memory, field(0));
    let doc = text_at(memory, field(1));
    let size = signed_at(memory, field(2));
    let methods = match memory.pointer(field(3)) {
        Value::Int(0) => Some(Vec::new()),
        Value::Int(table) => methods::table(memory, table),
        _ => None,
    };
    let slots = match memory.pointer(field(4)) {
        Value::Int(0) => Some(Vec::new()),
        Value::Int(array) => slots::array(memory, array),
        _ => None,
    };
    // A definition without a name, a method or a slot is a wrong address.
    let known = name.as_ref().is_ok_and(Option::is_some)
        || methods.as_ref().is_some_and(|methods| !methods.is_empty())
        || slots.as_ref().is_some_and(|slots| !slots.is_empty());
    let size_is_sound = size.is_none_or(|size| (-1..1 << 32).contains(&size));
    let slots_are_sound = slots.iter().flatten().all(|slot| slot.id <= slots::LAST);
    if !known || !size_is_sound || !slots_are_sound {
        return None;
    }
    let mut decoded = Decoded {
        address: Some(address),
        layout,
        head: layout::head(memory, address, layout),
        name: name.ok().flatten(),
        doc: doc.ok().flatten(),
        size,
        methods,
        slots,
        abi_info: None,
    };
    apply_slots(memory, &mut decoded);
    Some(decoded)
}

/// Decodes the slots that a `PyModExport_` function returns.
pub(crate) fn exported_slots(memory: &Memory<'_>, address: u64) -> Option<Decoded> {
    let slots = slots::array(memory, address)?;
    if slots.is_empty() {
        return None;
    }
    let mut decoded = Decoded {
        address: Some(address),
        layout: Layout::Opaque,
        head: None,
        name: None,
        doc: None,
        size: None,
        methods: Some(Vec::new()),
        slots: Some(slots),
        abi_info: None,
    };
    apply_slots(memory, &mut decoded);
    Some(decoded)
}

/// Decodes the arguments of `Py_InitModule4_64` (Python 2).
pub(crate) fn python_2(memory: &Memory<'_>, name: Value, table: Value, doc: Value) -> Option<Decoded> {
    let text = |value: Value| match value {
        Value::Int(at) if at != 0 => memory.text(at),
        _ => None,
    };
    let methods = match table {
        Value::Int(0) => Some(Vec::new()),
        Value::Int(table) => methods::table(memory, table),
        _ => None,
    };
    let name = text(name);
    if name.is_none() && methods.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    Some(Decoded {
        address: None,
        layout: Layout::Opaque,
        head: None,
        name,
        doc: text(doc),
        size: None,
        methods,
        slots: Some(Vec::new()),
        abi_info: None,
    })
}

/// Takes name, doc, size, methods and the ABI note from the slots that carry them (3.15).
fn apply_slots(memory: &Memory<'_>, decoded: &mut Decoded) {
    let Some(slots) = &decoded.slots else { return };
    let pointers: Vec<_> = slots.iter().map(|slot| (slot.id, slot.word)).collect();
    for (id, word) in pointers {
        let Value::Int(at) = word else { continue };
        match id {
            slots::NAME if at != 0 => decoded.name = memory.text(at).or(decoded.name.take()),
            slots::DOC if at != 0 => decoded.doc = memory.text(at).or(decoded.doc.take()),
            slots::STATE_SIZE => decoded.size = Some(at.cast_signed()),
            slots::METHODS if at != 0 => decoded.methods = methods::table(memory, at),
            slots::ABI if at != 0 => decoded.abi_info = abi_info::decode(memory, at),
            _ => {}
        }
    }
}
