//! `DT_RELR`: relative relocations, packed.
//!
//! Source: the gABI's `SHT_RELR`. An even word is the place of a relocation, and the pointer behind it is the
//! first that the next odd word is about: bit 1 of it is that pointer, bit 2 the one behind, and so on.

/// The places that a table of words relocates, for pointers of `width` bytes.
pub(super) struct Places<Words> {
    words: Words,
    width: u64,
    /// The pointer that the lowest bit of `bits` is about.
    next: u64,
    bits: u64,
    /// Where the next odd word begins.
    base: u64,
}

impl<Words: Iterator<Item = u64>> Places<Words> {
    pub(super) fn new(words: Words, width: u64) -> Self {
        Self { words, width, next: 0, bits: 0, base: 0 }
    }
}

impl<Words: Iterator<Item = u64>> Iterator for Places<Words> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        while self.bits == 0 {
            let word = self.words.next()?;
            if word & 1 == 0 {
                self.base = word.wrapping_add(self.width);
                return Some(word);
            }
            (self.next, self.bits) = (self.base, word >> 1);
            self.base = self.base.wrapping_add((self.width * 8 - 1) * self.width);
        }
        let skipped = self.bits.trailing_zeros();
        let place = self.next.wrapping_add(u64::from(skipped) * self.width);
        self.next = place.wrapping_add(self.width);
        // In two steps, as the highest bit may be the one.
        self.bits = self.bits >> skipped >> 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::addresses(&[0x1000, 0x2000], 8, &[0x1000, 0x2000])]
    #[case::bitmap(&[0x1000, 0b1011], 8, &[0x1000, 0x1008, 0x1018])]
    #[case::highest_bit(&[0x1000, 1 << 63 | 1], 8, &[0x1000, 0x1000 + 63 * 8])]
    #[case::two_bitmaps(&[0x1000, 1, 0b11], 8, &[0x1000, 0x1000 + 64 * 8])]
    #[case::narrow(&[0x1000, 1 << 31 | 1, 0b11], 4, &[0x1000, 0x1000 + 31 * 4, 0x1000 + 32 * 4])]
    #[case::empty_bitmap(&[0x1000, 1], 8, &[0x1000])]
    #[case::wraps(&[u64::MAX - 1, 0b11], 8, &[u64::MAX - 1, 6])]
    fn places(#[case] words: &[u64], #[case] width: u64, #[case] expected: &[u64]) {
        assert_eq!(Places::new(words.iter().copied(), width).collect::<Vec<_>>(), expected);
    }
}
