//! The second witness: definitions by the shape of their relocations, without executing anything.
//!
//! Every static `PyModuleDef` has a pointer to its name behind a head that the headers wrote. The same pass finds
//! static types and type specifications, which have the same kind of pointer.

use soabi_object::{Endian, Relocation, RelocationKind};

use crate::definition::{
    self, Decoded, HeadClass, Layout, StaticType, TypeSpec,
    layout::{head, is_free_threaded},
    methods::are_valid_flags,
    types,
};
use crate::memory::Memory;
use crate::value::Value;

/// The most structures of one kind that are kept.
const MOST: usize = 4096;

/// What the relocations show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    pub(crate) definitions: Vec<Decoded>,
    pub(crate) types: Vec<StaticType>,
    pub(crate) specs: Vec<TypeSpec>,
}

/// Reads the structures whose name a relocation points to.
pub(crate) fn scan(memory: &Memory<'_>) -> Scan {
    let mut found = Scan::default();
    let width = memory.program.width();
    let layouts: &[Layout] = if memory.program.is_pypy() {
        &[Layout::PyPy]
    } else {
        // The last three words of a head with `Py_TRACE_REFS` are a head without.
        &[Layout::TraceRefs, Layout::Gil, Layout::FreeThreaded]
    };
    let layouts = if memory.program.is_pypy() || traces_references(memory) { layouts } else { &layouts[1..] };
    let mut window = Window { bytes: &[], start: 0 };
    let relocations = memory.program.relocations();
    for (index, relocation) in relocations.iter().enumerate() {
        if !matches!(relocation.kind, RelocationKind::Relative | RelocationKind::Absolute) {
            continue;
        }
        let place = relocation.place;
        let mut shape = window.shape(memory, place);
        // Between the name of a specification and its slots are numbers, which the loader leaves alone.
        let slots = place.checked_add(types::slots_offset(width));
        // The word of zeros before a head is one that the loader leaves alone: in tables of pointers each follows another.
        let before = index.checked_sub(1).map(|before| relocations[before].place);
        shape.is_head &= before.is_none() || before != place.checked_sub(u64::from(width));
        shape.is_spec &= relocations
            .get(index + 1)
            .is_some_and(|next| Some(next.place) == slots && !leads_to_code(memory, next));
        if !shape.is_head && !shape.is_spec {
            continue;
        }
        let definition = layouts.iter().filter(|_| shape.is_head).find_map(|&layout| {
            let address = place.checked_sub(layout.name_offset(width))?;
            has_static_head(memory, address, layout)
                .then(|| definition::module_def(memory, address, layout == Layout::TraceRefs))
                .flatten()
                .filter(is_plausible)
        });
        if let Some(definition) = definition {
            if found.definitions.len() < MOST {
                found.definitions.push(definition);
            }
            continue;
        }
        if shape.is_head
            && found.types.len() < MOST
            && let Some(type_) = types::static_type(memory, place)
        {
            found.types.push(type_);
        } else if shape.is_spec
            && found.specs.len() < MOST
            && let Some(spec) = types::type_spec(memory, place)
        {
            found.specs.push(spec);
        }
    }
    found
}

/// Whether the loader makes a pointer to code of the file's of it. Slots, which are pointers, lie in data; in the tables of
/// virtual functions that compilers make, a function is at their place.
fn leads_to_code(memory: &Memory<'_>, relocation: &Relocation) -> bool {
    relocation.kind == RelocationKind::Relative && memory.program.is_code(relocation.addend.cast_unsigned())
}

/// Whether the file has a trace of `Py_TRACE_REFS`, which debug builds had up to 3.7.
fn traces_references(memory: &Memory<'_>) -> bool {
    memory.program.imported().any(|name| {
        name.contains("TraceRefs")
            || matches!(name, "_Py_RefTotal" | "_Py_NegativeRefcount" | "_Py_AddToAllObjects")
    })
}

/// The segment that the last relocation was in. Most relocations are in a few segments, and the bytes around most
/// of them show at once that they are none of the structures.
struct Window<'p> {
    bytes: &'p [u8],
    start: u64,
}

/// What the bytes around a relocation can be.
struct Shape {
    /// The name of a `PyModuleDef` or `PyTypeObject`: a word of zeros is before it.
    is_head: bool,
    /// The name of a `PyType_Spec`: small numbers follow.
    is_spec: bool,
}

impl<'p> Window<'p> {
    fn shape(&mut self, memory: &Memory<'p>, place: u64) -> Shape {
        let unknown = Shape { is_head: true, is_spec: true };
        if memory.program.width() != 8 || memory.program.image().endian() != Endian::Little {
            return unknown;
        }
        if place.checked_sub(self.start).is_none_or(|offset| offset >= self.bytes.len() as u64) {
            let Some(segment) = memory.program.image().segment_at(place) else { return unknown };
            let Some(bytes) = memory.program.bytes_from(segment.address) else { return unknown };
            *self = Self { bytes, start: segment.address };
        }
        let Ok(at) = usize::try_from(place - self.start) else { return unknown };
        let is_head = at.checked_sub(8).and_then(|from| self.bytes.get(from..at)) == Some(&[0; 8]);
        let half = |offset: usize| {
            let bytes = self.bytes.get(at + offset..at + offset + 4)?.first_chunk().copied()?;
            Some(u32::from_le_bytes(bytes))
        };
        let is_spec = half(12).is_some_and(|item_size| item_size <= 1 << 16)
            && half(8).is_some_and(|size| size.wrapping_add(1 << 20) <= 17 << 20)
            && half(20) == Some(0);
        Shape { is_head, is_spec }
    }
}

/// Whether the bytes at `address` are a `PyModuleDef_HEAD_INIT`: a known count, and zeros up to the name.
fn has_static_head(memory: &Memory<'_>, address: u64, layout: Layout) -> bool {
    let width = memory.program.width();
    let word = |index: u64| memory.number(address.wrapping_add(index * u64::from(width)), width);
    let zeros = |from: u64, to: u64| (from..to).all(|index| word(index) == Some(0));
    match layout {
        Layout::Gil => zeros(1, 5) && head(memory, address, layout).is_some(),
        Layout::PyPy => zeros(1, 6) && word(0).is_some_and(|count| count != 0),
        Layout::TraceRefs => zeros(0, 2) && zeros(3, 7) && word(2) == Some(1),
        Layout::FreeThreaded => {
            let fields = address.wrapping_add(layout.object_size(width) - u64::from(width));
            let field = |index: u64| memory.number(fields.wrapping_add(index * u64::from(width)), width);
            is_free_threaded(memory, address) && (0..4).all(|index| field(index) == Some(0))
        }
        Layout::Opaque => false,
    }
}

/// Whether every field that is known can be a module's.
fn is_plausible(decoded: &Decoded) -> bool {
    let methods_are_sound = decoded
        .methods
        .as_ref()
        .is_some_and(|methods| methods.iter().all(|method| are_valid_flags(method.raw_flags)));
    let slots_are_sound =
        decoded.slots.as_ref().is_some_and(|slots| slots.iter().all(|slot| slot.word != Value::Unknown));
    let name_is_sound = decoded.name.as_ref().is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
    });
    name_is_sound && methods_are_sound && slots_are_sound
}

impl Scan {
    /// The definitions whose name is `module` or ends in it behind a dot.
    pub(crate) fn named(&self, module: &str) -> Vec<&Decoded> {
        let is_named = |name: &str| {
            name == module || name.strip_suffix(module).is_some_and(|package| package.ends_with('.'))
        };
        self.definitions.iter().filter(|decoded| decoded.name.as_deref().is_some_and(is_named)).collect()
    }

    /// The heads of the static types.
    pub(crate) fn type_heads(&self) -> impl Iterator<Item = HeadClass> + '_ {
        self.types.iter().map(|type_| type_.head)
    }
}
