//! Module slots: `PyModuleDef_Slot` (PEP 489) and `PySlot` (3.15), which have one layout on 64-bit machines.

use serde::Serialize;
use soabi_core::PyVersion;

use crate::memory::Memory;
use crate::value::Value;

/// The most slots, nested ones included.
const MOST: usize = 128;
/// How deep arrays may be nested.
const MOST_DEPTH: u8 = 4;

/// The slots whose values the module's other fields are taken from.
pub(crate) const NAME: u16 = 100;
pub(crate) const DOC: u16 = 101;
pub(crate) const STATE_SIZE: u16 = 102;
pub(crate) const METHODS: u16 = 103;
pub(crate) const ABI: u16 = 109;
/// An array of `PySlot`.
const SUBSLOTS: u16 = 92;
/// An array of `PyModuleDef_Slot`.
const SLOTS: u16 = 94;
/// No version has a slot above this one, by a wide margin. An array with such numbers is something else.
pub(crate) const LAST: u16 = 255;
/// The first number of 3.15's numbering.
pub(crate) const FIRST_OF_315: u16 = 84;

/// A slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Its number. 3.15 renumbered the first four.
    pub id: u16,
    /// What it is, as in `Py_mod_exec` without `Py_mod_`; `unknown` for a number of no released version.
    pub name: &'static str,
    /// Its value where that is a number; `None` for functions, texts and structures.
    pub value: Option<i64>,
    /// The word as it is in the file.
    #[serde(skip)]
    pub(crate) word: Value,
}

impl Slot {
    /// A slot with this number, and its value where that is a number.
    pub const fn new(id: u16, value: Option<i64>) -> Self {
        Self { id, name: meaning(id).0, value, word: Value::Unknown }
    }

    /// The first CPython that knows the number; `None` for a number of no released version.
    pub fn since(&self) -> Option<PyVersion> {
        minimum(self.id).map(|(major, minor)| PyVersion::new(major, minor))
    }

    /// The address of the function or structure, if it is in the file.
    pub fn address(&self) -> Option<u64> {
        match self.word {
            Value::Int(address) if self.value.is_none() && address != 0 => Some(address),
            _ => None,
        }
    }
}

/// What a slot number means to a module, and whether its value is a number.
const fn meaning(id: u16) -> (&'static str, bool) {
    match id {
        1 | 84 => ("create", false),
        2 | 85 => ("exec", false),
        3 | 86 => ("multiple_interpreters", true),
        4 | 87 => ("gil", true),
        SUBSLOTS => ("subslots", false),
        SLOTS => ("slots", false),
        NAME => ("name", false),
        DOC => ("doc", false),
        STATE_SIZE => ("state_size", true),
        METHODS => ("methods", false),
        104 => ("state_traverse", false),
        105 => ("state_clear", false),
        106 => ("state_free", false),
        ABI => ("abi", false),
        110 => ("token", false),
        _ => ("unknown", false),
    }
}

/// The first CPython that knows a slot number of a module.
pub(crate) const fn minimum(id: u16) -> Option<(u8, u8)> {
    Some(match id {
        1 | 2 => (3, 5),
        3 => (3, 12),
        4 => (3, 13),
        84..=87 | SUBSLOTS | SLOTS | 100..=106 | ABI | 110 => (3, 15),
        _ => return None,
    })
}

/// The slots of the array at `address`, nested ones in place, or `None` if one is unknown.
pub(crate) fn array(memory: &Memory<'_>, address: u64) -> Option<Vec<Slot>> {
    let mut slots = Vec::new();
    read(memory, address, memory.program.width() == 8, 0, &mut slots)?;
    Some(slots)
}

/// Reads an array. `wide` ones have values of eight bytes, as every `PySlot` has.
fn read(memory: &Memory<'_>, address: u64, wide: bool, depth: u8, slots: &mut Vec<Slot>) -> Option<()> {
    let (value_offset, size) = if wide { (8, 16) } else { (4, 8) };
    let mut at = address;
    loop {
        // The upper half of the number is `PySlot`'s flags, and zero in `PyModuleDef_Slot`.
        let id = u16::try_from(memory.number(at, 2)?).ok()?;
        if id == 0 {
            return Some(());
        }
        if slots.len() >= MOST {
            return None;
        }
        memory.spend(1)?;
        let word = memory.pointer(at.wrapping_add(value_offset));
        let (name, is_number) = meaning(id);
        let value = word.int().filter(|_| is_number).map(u64::cast_signed);
        slots.push(Slot { id, name, value, word });
        if let (SUBSLOTS | SLOTS, Value::Int(nested)) = (id, word)
            && nested != 0
            && depth < MOST_DEPTH
        {
            let wide = id == SUBSLOTS || memory.program.width() == 8;
            read(memory, nested, wide, depth + 1, slots)?;
        }
        at = at.wrapping_add(size);
    }
}
