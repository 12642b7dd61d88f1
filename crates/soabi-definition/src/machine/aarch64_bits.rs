//! The fields of AArch64 encodings.

use crate::value::{Flags, mask, sign_extend};

/// A condition by its encoding.
pub(super) type Condition = u32;

/// `count` bits from `low` on.
pub(super) const fn bits(word: u32, low: u32, count: u32) -> u32 {
    word >> low & ((1 << count) - 1)
}

/// Whether a bit is set.
pub(super) const fn flag(word: u32, bit: u32) -> bool {
    word >> bit & 1 == 1
}

/// `number` of `count` bits, sign-extended.
pub(super) const fn signed(number: u32, count: u32) -> u64 {
    let shift = 64 - count;
    sign_extend_bits((number as u64) << shift, shift)
}

#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "two's complement is the point")]
const fn sign_extend_bits(shifted: u64, shift: u32) -> u64 {
    ((shifted as i64) >> shift) as u64
}

/// A size in bytes as an address's distance.
pub(super) const fn size_of(size: u8) -> u64 {
    sign_extend(size as u64, 8)
}

/// The immediate of a logical instruction (the manual's section on logical immediates), or `None` for a reserved encoding.
pub(super) fn bitmask(word: u32, wide: bool) -> Option<u64> {
    let (n, rotate, ones) = (bits(word, 22, 1), bits(word, 16, 6), bits(word, 10, 6));
    if n == 1 && !wide {
        return None;
    }
    let length = 31_u32.checked_sub((n << 6 | (!ones & 0x3f)).leading_zeros())?;
    if length == 0 {
        return None;
    }
    let size = 1_u32 << length;
    let (ones, rotate) = (ones & (size - 1), rotate & (size - 1));
    if ones == size - 1 {
        return None;
    }
    let element_mask = if size == 64 { u64::MAX } else { (1 << size) - 1 };
    let run = (1_u64 << (ones + 1)) - 1;
    let element = if rotate == 0 { run } else { (run >> rotate | run << (size - rotate)) & element_mask };
    let mut result = element;
    let mut filled = size;
    while filled < 64 {
        result |= result << filled;
        filled *= 2;
    }
    Some(if wide { result } else { result & mask(4) })
}

/// Whether a condition holds, if the flags tell. The flags have a borrow for a carry, which is its opposite.
pub(super) fn holds(condition: Condition, flags: Flags) -> Option<bool> {
    let both = |a: Option<bool>, b: Option<bool>| match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    };
    let not = |value: Option<bool>| value.map(|value| !value);
    let greater_or_equal = || Some(flags.sign? == flags.overflow?);
    let base = match condition >> 1 {
        0 => flags.zero,
        1 => not(flags.carry),
        2 => flags.sign,
        3 => flags.overflow,
        4 => both(not(flags.carry), not(flags.zero)),
        5 => greater_or_equal(),
        6 => both(not(flags.zero), greater_or_equal()),
        _ => return Some(true),
    };
    if condition & 1 == 1 { not(base) } else { base }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The encodings are those that an assembler writes for `and x0, x0, #N`.
    #[rstest]
    #[case(0x9240_0000, true, Some(1))]
    #[case(0x9240_1c00, true, Some(0xff))]
    #[case(0x927c_ec00, true, Some(0xffff_ffff_ffff_fff0))]
    #[case(0x9200_f000, true, Some(0x5555_5555_5555_5555))]
    #[case(0x1200_1c00, false, Some(0xff))]
    #[case(0x9240_fc00, true, None)]
    fn bitmasks(#[case] word: u32, #[case] wide: bool, #[case] expected: Option<u64>) {
        assert_eq!(bitmask(word, wide), expected);
    }

    #[test]
    fn signed_fields() {
        assert_eq!(signed(0x1ff, 9), u64::MAX);
        assert_eq!(signed(0xff, 9), 0xff);
    }
}
