//! Where relocations and initializers are in a PE file.

/// What relocations and initializers are read from. Directories are addresses and sizes.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(super) base_relocations: (u64, u64),
    pub(super) thread_local: Option<u64>,
    /// The slots of the import address tables, with the symbols that they are for.
    pub(super) slots: Vec<Slot>,
}

/// A pointer that the loader, or the delay load helper, sets to an import.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) place: u64,
    pub(super) symbol: u32,
}

/// The size of a `T`.
pub(super) const fn length_of<T>() -> u64 {
    size_of::<T>() as u64
}
