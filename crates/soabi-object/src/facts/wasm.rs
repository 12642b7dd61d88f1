//! Facts that only WebAssembly side modules have.
//!
//! Source: WebAssembly's tool conventions, `DynamicLinking.md`.

/// What the loader has to reserve (`WASM_DYLINK_MEM_INFO`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WasmFacts {
    /// Bytes of memory.
    pub memory_size: u32,
    /// The alignment of the memory, as a power of 2: 4 is 16 bytes.
    pub memory_alignment: u32,
    /// Entries of the function table.
    pub table_size: u32,
    /// The alignment of the entries, as a power of 2.
    pub table_alignment: u32,
}
