//! Facts that only PE has.
//!
//! Source: Microsoft's "PE Format".

/// What the headers of a PE file say beside names. Delayed imports are in
/// [`ObjectFacts::needed`](crate::ObjectFacts::needed) with [`Strength::Delayed`](crate::Strength::Delayed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeFacts {
    /// `Machine`, as it stands in the file: `0x8664` for x86-64.
    pub machine: u16,
    /// `Subsystem`: 2 is a program with windows, 3 one for the console.
    pub subsystem: u16,
    /// The oldest subsystem that it says it runs on: major and minor version.
    pub subsystem_version: (u16, u16),
    /// `DllCharacteristics`.
    pub dll_characteristics: u16,
    /// The preferred load address.
    pub image_base: u64,
    /// Whether it has base relocations, so that it can be loaded elsewhere.
    pub relocatable: bool,
}
