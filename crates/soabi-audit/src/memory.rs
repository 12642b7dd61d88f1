//! The memory that native files may take while they are read, all of them together.
//!
//! A file is in memory as a whole while it is read, with what is decoded from it. Large files wait here for each
//! other, so that an audit on many cores needs no more memory than was allowed. What is kept of a file afterwards is
//! small and not counted.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes of memory a byte of a file takes while it is read: itself, and what decoders keep of it. Of 1,196
/// real files none needs more than 1.7 for the second. Crafted files are held to 16 by their budgets.
const FOR_A_BYTE: u64 = 3;

/// Files up to this size, in bytes, are not counted: each core has one of them at most.
const SMALL: u64 = 1 << 20;

/// The largest file that is read, in bytes, however much memory there is.
const LARGEST: u64 = 4 << 30;

/// What each core keeps of the memory for one file until the next is a part of this size of all, in bytes; but no less than
/// most files need.
const KEPT: u64 = 32;
const LEAST_KEPT: u64 = 40 << 20;

/// An amount of memory that is lent to those who read files.
#[derive(Debug)]
pub struct Memory {
    limit: u64,
    kept: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// Memory that is lent. It is returned on drop.
#[derive(Debug)]
#[must_use]
pub(crate) struct Lent<'a> {
    of: &'a Memory,
    bytes: u64,
}

impl Memory {
    /// `limit` bytes.
    pub fn new(limit: u64) -> Self {
        let kept = (limit / KEPT).max(LEAST_KEPT);
        Self { limit, kept, free: Mutex::new(limit), returned: Condvar::new() }
    }

    /// The same, of which little is kept between two files. That costs time, and is for who has other uses for it.
    #[must_use]
    pub fn frugal(self) -> Self {
        Self { kept: LEAST_KEPT, ..self }
    }

    /// How many bytes of it a core may keep from one file to the next.
    pub(crate) fn kept(&self) -> usize {
        usize::try_from(self.kept).unwrap_or(usize::MAX)
    }

    /// The size in bytes of the largest file that can be read.
    pub(crate) fn largest_file(&self) -> u64 {
        (self.limit / FOR_A_BYTE).clamp(SMALL, LARGEST)
    }

    /// The memory to read a file of `size` bytes. Waits until others have returned theirs.
    ///
    /// Who has some must not ask for more: two that did would wait for each other.
    pub(crate) fn lend(&self, size: u64) -> Lent<'_> {
        if size <= SMALL {
            return Lent { of: self, bytes: 0 };
        }
        let bytes = size.saturating_mul(FOR_A_BYTE).min(self.limit);
        let free = self.returned.wait_while(self.free(), |free| *free < bytes);
        *free.unwrap_or_else(PoisonError::into_inner) -= bytes;
        Lent { of: self, bytes }
    }

    fn free(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    /// No limit.
    fn default() -> Self {
        Self::new(u64::MAX)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        *self.of.free() += self.bytes;
        self.of.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_third(300 << 20, 100 << 20)]
    #[case::small_files_always(0, 1 << 20)]
    #[case::no_limit(u64::MAX, 4 << 30)]
    fn the_largest_file(#[case] limit: u64, #[case] largest: u64) {
        assert_eq!(Memory::new(limit).largest_file(), largest);
    }

    #[rstest]
    #[case::a_part(6400 << 20, 200 << 20)]
    #[case::no_less_than_most_files_need(0, 40 << 20)]
    fn what_is_kept(#[case] limit: u64, #[case] kept: usize) {
        assert_eq!(Memory::new(limit).kept(), kept);
        assert_eq!(Memory::new(limit).frugal().kept(), 40 << 20);
    }

    #[test]
    fn what_was_lent_is_returned() {
        let memory = Memory::new(30 << 20);
        let lent = memory.lend(4 << 20);
        assert_eq!(*memory.free(), 18 << 20);
        drop(lent);
        assert_eq!(*memory.free(), 30 << 20);
        assert_eq!(memory.lend(1 << 20).bytes, 0, "a small file is not counted");
        assert_eq!(memory.lend(u64::MAX).bytes, 30 << 20, "a file that is too large waits for all");
    }

    #[test]
    fn files_that_do_not_fit_together_wait_for_each_other() {
        let memory = Memory::new(30 << 20);
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for size in (0..60).map(|index| (2 + index % 9) << 20) {
                let (memory, used, most) = (&memory, &used, &most);
                scope.spawn(move || {
                    let lent = memory.lend(size);
                    most.fetch_max(used.fetch_add(size, Ordering::SeqCst) + size, Ordering::SeqCst);
                    std::thread::yield_now();
                    used.fetch_sub(size, Ordering::SeqCst);
                    drop(lent);
                });
            }
        });
        assert!(most.into_inner() <= 10 << 20, "three bytes of memory for a byte of a file");
        assert_eq!(*memory.free(), 30 << 20);
    }
}
