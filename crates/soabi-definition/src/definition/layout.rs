//! The layouts of `PyModuleDef`, and the reference count that the headers wrote into it.

use serde::Serialize;

use crate::memory::Memory;
use crate::value::Value;

/// Where the fields of `PyModuleDef` are. It follows from the `PyObject` of the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// CPython with the GIL: 104 bytes on a 64-bit machine, `m_name` at 40.
    Gil,
    /// Free-threaded CPython: 120 bytes, `m_name` at 56.
    FreeThreaded,
    /// PyPy: 112 bytes, `m_name` at 48.
    #[serde(rename = "pypy")]
    PyPy,
    /// CPython 3.6 and 3.7 with `Py_TRACE_REFS`: 120 bytes, `m_name` at 56.
    TraceRefs,
    /// No `PyModuleDef`: slots (PEP 793), or the arguments of Python 2.
    Opaque,
}

impl Layout {
    /// The bytes of `PyObject` for pointers of `width` bytes.
    pub(crate) const fn object_size(self, width: u8) -> u64 {
        let width = width as u64;
        match self {
            Self::Gil | Self::Opaque => 2 * width,
            Self::PyPy => 3 * width,
            // Thread id, 16 bits of flags, two bytes, a local count of 32 bits, a shared count, the type.
            Self::FreeThreaded => 3 * width + 8,
            Self::TraceRefs => 4 * width,
        }
    }

    /// Where `m_name` is: behind the object, `m_init`, `m_index` and `m_copy`.
    pub(crate) const fn name_offset(self, width: u8) -> u64 {
        self.object_size(width) + 3 * width as u64
    }

    /// Where the count that tells the headers apart is, and its bytes. The free-threaded one is read together with
    /// the flags before it.
    const fn count(self, width: u8) -> (u64, u8) {
        match self {
            Self::Gil | Self::PyPy | Self::Opaque => (0, width),
            Self::TraceRefs => (2 * width as u64, width),
            Self::FreeThreaded => (width as u64, 8),
        }
    }
}

/// The headers that wrote the reference count of a static object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadClass {
    /// 1: CPython up to 3.12, and every version for bindings that write it themselves (PyO3).
    One,
    /// `0xffffffff`: CPython 3.13.
    Immortal313,
    /// `0x0005_0000_c000_0000`: CPython 3.14 or later.
    Immortal314,
    /// A local count of `0xffffffff` and no flags: free-threaded CPython 3.13.
    FreeThreaded313,
    /// The same with flags: free-threaded CPython 3.14 or later.
    FreeThreaded314,
}

impl HeadClass {
    /// The class of the object at `address`, by its count.
    pub(crate) fn of(layout: Layout, width: u8, count: u64) -> Option<Self> {
        Some(match (layout, width, count) {
            (Layout::FreeThreaded, 8, 0xffff_ffff_0000_0000) => Self::FreeThreaded313,
            (Layout::FreeThreaded, 8, count) if count >> 32 == 0xffff_ffff => Self::FreeThreaded314,
            (Layout::FreeThreaded, ..) => return None,
            (_, _, 1) => Self::One,
            (Layout::Gil, 8, 0xffff_ffff) => Self::Immortal313,
            (Layout::Gil, 8, 0x0005_0000_c000_0000) => Self::Immortal314,
            _ => return None,
        })
    }
}

/// The class of the object at `address`.
pub(crate) fn head(memory: &Memory<'_>, address: u64, layout: Layout) -> Option<HeadClass> {
    let width = memory.program.width();
    let (offset, size) = layout.count(width);
    HeadClass::of(layout, width, memory.number(address.wrapping_add(offset), size)?)
}

/// Chooses the layout of the `PyModuleDef` at `address` by its head alone: a text where a name could be proves
/// nothing, since both layouts have one there.
pub(crate) fn choose(memory: &Memory<'_>, address: u64, trace_refs: bool) -> Option<Layout> {
    let width = memory.program.width();
    let word = |index: u64| memory.pointer(address.wrapping_add(index * u64::from(width)));
    let zero = |indices: std::ops::Range<u64>| indices.into_iter().all(|index| word(index) == Value::Int(0));
    if trace_refs {
        return Some(Layout::TraceRefs);
    }
    if is_pypy(memory) {
        return Some(Layout::PyPy);
    }
    if is_free_threaded(memory, address) {
        return Some(Layout::FreeThreaded);
    }
    if zero(1..5) {
        // All zeros up to a later name: a head that code fills.
        return Some(if zero(0..1) && zero(5..7) && width == 8 && word(7) != Value::Int(0) {
            Layout::FreeThreaded
        } else {
            Layout::Gil
        });
    }
    if zero(0..2) && word(2) == Value::Int(1) && zero(3..7) {
        return Some(Layout::TraceRefs);
    }
    // The type is written by code, or the count is unknown.
    zero(2..5).then_some(Layout::Gil)
}

/// Whether the file is made for PyPy.
pub(crate) fn is_pypy(memory: &Memory<'_>) -> bool {
    memory.program.is_pypy()
}

/// Whether the object at `address` has the static head of a free-threaded build: no thread, a local count of
/// `0xffffffff`, no shared count.
pub(crate) fn is_free_threaded(memory: &Memory<'_>, address: u64) -> bool {
    let width = memory.program.width();
    let wide = u64::from(width);
    memory.number(address, width) == Some(0)
        && memory.number(address.wrapping_add(wide + 4), 4) == Some(0xffff_ffff)
        && memory.number(address.wrapping_add(wide + 8), width) == Some(0)
}
