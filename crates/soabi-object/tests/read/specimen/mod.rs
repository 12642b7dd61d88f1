//! Native files put together byte by byte, so that a test says exactly what is in them.
//!
//! Nothing here uses the crate under test or the library that it reads with.

pub(crate) mod elf;
pub(crate) mod macho;
pub(crate) mod pe;
pub(crate) mod wasm;

/// Bytes in one byte order.
#[derive(Default)]
pub(crate) struct Bytes {
    pub(crate) big_endian: bool,
    pub(crate) out: Vec<u8>,
}

impl Bytes {
    pub(crate) fn new(big_endian: bool) -> Self {
        Self { big_endian, out: Vec::new() }
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.out.extend(bytes);
        self
    }

    /// Zeros up to `length` bytes in all.
    pub(crate) fn pad_to(&mut self, length: usize) -> &mut Self {
        assert!(self.out.len() <= length, "{} bytes do not fit into {length}", self.out.len());
        self.out.resize(length, 0);
        self
    }
}
