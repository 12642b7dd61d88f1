//! The cost that a file may cause, proportional to its size.
//!
//! Tables in a file may overlap, lists may be circular, and a million symbols may share one long name. Reading
//! such a file could take time and memory without a bound, so every decoder charges a [`Budget`] before it does
//! the work, and the file is refused when the budget is spent.
//!
//! For a file of *n* bytes:
//!
//! - at most [`STEPS_PER_BYTE`] · *n* + [`FLOOR`] steps. A step is one entry of a table, or one byte of a name or
//!   of an opcode stream. Sorting adds a logarithmic factor to the entries, nothing else does.
//! - at most [`MEMORY_PER_BYTE`] · *n* + [`FLOOR`] bytes of memory for symbols, relocations, facts and their text.
//!
//! The slices of a universal file share the budget of the file. Of 1196 native files in popular wheels none needs
//! more than 0.4 steps and 1.8 bytes of memory per byte, relocations included.
//!
//! A budget does not measure time. The segment map, the parsed headers and the error itself are not charged; each
//! is smaller than the headers it is made of.

use std::fmt;

/// Steps per byte of the file.
pub const STEPS_PER_BYTE: u64 = 8;
/// Bytes of memory per byte of the file.
pub const MEMORY_PER_BYTE: u64 = 16;
/// Steps, and bytes of memory, that a file of any size may use.
pub const FLOOR: u64 = 1 << 16;

/// What may still be spent on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    steps: Account,
    memory: Account,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Account {
    limit: u64,
    used: u64,
}

impl Account {
    const fn new(per_byte: u64, size: u64) -> Self {
        Self { limit: size.saturating_mul(per_byte).saturating_add(FLOOR), used: 0 }
    }

    fn charge(&mut self, amount: u64, resource: Resource) -> Result<(), Exhausted> {
        match self.used.checked_add(amount).filter(|&used| used <= self.limit) {
            Some(used) => {
                self.used = used;
                Ok(())
            }
            None => Err(Exhausted { resource, limit: self.limit }),
        }
    }
}

/// A resource that a budget limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Entries and bytes that are looked at.
    Steps,
    /// Bytes that are kept.
    Memory,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steps => "steps",
            Self::Memory => "bytes of memory",
        })
    }
}

/// A charge that a budget does not cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    pub(crate) resource: Resource,
    pub(crate) limit: u64,
}

impl Budget {
    /// The budget of a file of `size` bytes.
    pub const fn for_size(size: u64) -> Self {
        Self { steps: Account::new(STEPS_PER_BYTE, size), memory: Account::new(MEMORY_PER_BYTE, size) }
    }

    /// The steps used so far.
    pub const fn steps_used(&self) -> u64 {
        self.steps.used
    }

    /// The most steps.
    pub const fn steps_limit(&self) -> u64 {
        self.steps.limit
    }

    /// The bytes of memory used so far.
    pub const fn memory_used(&self) -> u64 {
        self.memory.used
    }

    /// The most bytes of memory.
    pub const fn memory_limit(&self) -> u64 {
        self.memory.limit
    }

    /// The steps that are left.
    pub(crate) const fn steps_left(&self) -> u64 {
        self.steps.limit - self.steps.used
    }

    /// Charges `count` steps, before they are done.
    pub(crate) fn steps(&mut self, count: u64) -> Result<(), Exhausted> {
        self.steps.charge(count, Resource::Steps)
    }

    /// Charges `bytes` of memory, before they are allocated.
    pub(crate) fn memory(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.memory.charge(bytes, Resource::Memory)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::exactly(FLOOR + 8 * 100, true)]
    #[case::one_more(FLOOR + 8 * 100 + 1, false)]
    #[case::overflow(u64::MAX, false)]
    fn the_limit_from_both_sides(#[case] steps: u64, #[case] covered: bool) {
        let mut budget = Budget::for_size(100);
        assert_eq!(budget.steps(steps).is_ok(), covered);
        assert_eq!(budget.steps_used(), if covered { steps } else { 0 });
        assert_eq!(budget.memory_used(), 0);
    }

    #[test]
    fn charges_add_up() {
        let mut budget = Budget::for_size(0);
        assert_eq!(budget.memory(FLOOR - 1), Ok(()));
        assert_eq!(budget.memory(1), Ok(()));
        assert_eq!(budget.memory(1), Err(Exhausted { resource: Resource::Memory, limit: FLOOR }));
    }
}
