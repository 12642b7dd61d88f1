//! What a register or a word of memory holds during partial execution.
//!
//! A value is known (an integer, the address of an import, an object that an imported function returned) or it is
//! unknown. Nothing here knows memory or instructions.

/// A machine word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Value {
    /// Nothing is known.
    #[default]
    Unknown,
    /// A number, or an address of the image, of the stack or of the heap.
    Int(u64),
    /// The address of an imported symbol, plus an offset. The number is the program's, see
    /// [`crate::program::Program::symbol`].
    Import(u32, i64),
    /// An address within an object that an imported function returned: never null.
    Object(ObjectKind, i32),
}

/// What an imported function returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ObjectKind {
    /// Some object.
    Plain,
    /// The result of `PyTuple_New` and its like.
    Tuple,
    /// The result of `PyList_New`.
    List,
    /// The result of `PyUnicode_FromString` and its like.
    Unicode,
    /// The result of `PyFloat_FromDouble`.
    Float,
    /// The result of `PyBytes_FromString` and its like.
    Bytes,
    /// The result of `PyLong_FromLong` and its like.
    Long,
    /// The result of `PyModule_Create2` and its like.
    Module,
    /// The result of `Py_GetVersion`.
    VersionText,
}

impl Value {
    /// The number, if it is one.
    pub(crate) const fn int(self) -> Option<u64> {
        match self {
            Self::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The low `size` bytes, zero-extended. A pointer that is cut is unknown.
    pub(crate) const fn truncate(self, size: u8) -> Self {
        match (self, size) {
            (whole, 8..) => whole,
            (Self::Int(number), _) => Self::Int(number & mask(size)),
            _ => Self::Unknown,
        }
    }

    /// The low `size` bytes, sign-extended.
    pub(crate) const fn sign_extend(self, size: u8) -> Self {
        match self {
            Self::Int(number) => Self::Int(sign_extend(number, size)),
            other => other,
        }
    }

    /// The value plus a number.
    #[expect(clippy::cast_possible_wrap, reason = "addresses wrap as the machine's do")]
    pub(crate) fn offset(self, by: u64) -> Self {
        match self {
            Self::Int(number) => Self::Int(number.wrapping_add(by)),
            Self::Import(symbol, offset) => Self::Import(symbol, offset.wrapping_add(by as i64)),
            Self::Object(kind, offset) => i32::try_from(i64::from(offset).wrapping_add(by as i64))
                .map_or(Self::Unknown, |offset| Self::Object(kind, offset)),
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether the value is a pointer that is not null.
    pub(crate) const fn is_pointer(self) -> bool {
        matches!(self, Self::Import(..) | Self::Object(..))
    }
}

/// The bits of the low `size` bytes.
pub(crate) const fn mask(size: u8) -> u64 {
    if size >= 8 { u64::MAX } else { (1 << (size * 8)) - 1 }
}

/// `number` of `size` bytes, sign-extended.
#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "two's complement is the point")]
pub(crate) const fn sign_extend(number: u64, size: u8) -> u64 {
    if size >= 8 {
        return number;
    }
    let shift = 64 - size as u32 * 8;
    (((number << shift) as i64) >> shift) as u64
}

/// The condition flags, each of which may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// The result is zero.
    pub(crate) zero: Option<bool>,
    /// The result is negative.
    pub(crate) sign: Option<bool>,
    /// An unsigned overflow: x86's carry after an addition, a borrow after a subtraction. AArch64 has the opposite
    /// of a borrow; its conditions are translated.
    pub(crate) carry: Option<bool>,
    /// A signed overflow.
    pub(crate) overflow: Option<bool>,
}

impl Flags {
    /// The flags after a logical operation.
    pub(crate) fn of_logic(result: Value, size: u8) -> Self {
        match result.truncate(size) {
            Value::Int(number) => Self {
                zero: Some(number == 0),
                sign: Some(is_negative(number, size)),
                carry: Some(false),
                overflow: Some(false),
            },
            Value::Unknown => Self { carry: Some(false), overflow: Some(false), ..Self::default() },
            _ => Self { zero: Some(false), sign: Some(false), carry: Some(false), overflow: Some(false) },
        }
    }

    /// The flags after `left - right`.
    pub(crate) fn of_subtraction(left: Value, right: Value, size: u8) -> Self {
        match (left.truncate(size), right.truncate(size)) {
            (Value::Int(left), Value::Int(right)) => {
                let result = left.wrapping_sub(right) & mask(size);
                let (a, b, c) =
                    (is_negative(left, size), is_negative(right, size), is_negative(result, size));
                Self {
                    zero: Some(result == 0),
                    sign: Some(c),
                    carry: Some(left < right),
                    overflow: Some(a != b && a != c),
                }
            }
            // A pointer against null: above zero, as an unsigned number and as a signed one.
            (pointer, Value::Int(0)) if pointer.is_pointer() => {
                Self { zero: Some(false), sign: Some(false), carry: Some(false), overflow: Some(false) }
            }
            (Value::Import(a, x), Value::Import(b, y)) => {
                Self { zero: Some(a == b && x == y), ..Self::default() }
            }
            (pointer, Value::Int(number)) | (Value::Int(number), pointer)
                if pointer.is_pointer() && (number < 0x1000 || number == u64::MAX) =>
            {
                Self { zero: Some(false), ..Self::default() }
            }
            _ => Self::default(),
        }
    }

    /// The flags after `left + right`.
    pub(crate) fn of_addition(left: Value, right: Value, size: u8) -> Self {
        let (Value::Int(left), Value::Int(right)) = (left.truncate(size), right.truncate(size)) else {
            return Self::default();
        };
        let result = left.wrapping_add(right) & mask(size);
        let (a, b, c) = (is_negative(left, size), is_negative(right, size), is_negative(result, size));
        Self {
            zero: Some(result == 0),
            sign: Some(c),
            carry: Some(u128::from(left) + u128::from(right) > u128::from(mask(size))),
            overflow: Some(a == b && a != c),
        }
    }
}

const fn is_negative(number: u64, size: u8) -> bool {
    number >> (size as u32 * 8 - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::equal(1, 1, 4, [true, false, false, false])]
    #[case::below(1, 2, 4, [false, true, true, false])]
    #[case::above(2, 1, 4, [false, false, false, false])]
    #[case::signed_overflow(0x8000_0000, 1, 4, [false, false, false, true])]
    #[case::only_the_size_counts(0x1_0000_0001, 1, 4, [true, false, false, false])]
    #[case::whole_words(0x1_0000_0001, 1, 8, [false, false, false, false])]
    #[case::bytes(0x80, 0x7f, 1, [false, false, false, true])]
    fn subtraction(#[case] left: u64, #[case] right: u64, #[case] size: u8, #[case] expected: [bool; 4]) {
        let flags = Flags::of_subtraction(Value::Int(left), Value::Int(right), size);
        let [zero, sign, carry, overflow] = expected.map(Some);
        assert_eq!(flags, Flags { zero, sign, carry, overflow });
    }

    #[test]
    fn pointers_are_not_null() {
        for pointer in [Value::Import(0, 0), Value::Object(ObjectKind::Plain, 0)] {
            assert_eq!(Flags::of_subtraction(pointer, Value::Int(0), 8).zero, Some(false));
            assert_eq!(Flags::of_logic(pointer, 8).zero, Some(false));
            assert_eq!(Flags::of_logic(pointer, 4).zero, None);
            assert_eq!(Flags::of_subtraction(pointer, Value::Int(0x5000), 8).zero, None);
        }
        assert_eq!(Flags::of_logic(Value::Unknown, 8).zero, None);
    }

    #[rstest]
    #[case(0xff, 1, u64::MAX)]
    #[case(0x7f, 1, 0x7f)]
    #[case(0x8000_0000, 4, 0xffff_ffff_8000_0000)]
    #[case(5, 8, 5)]
    fn extension(#[case] number: u64, #[case] size: u8, #[case] expected: u64) {
        assert_eq!(sign_extend(number, size), expected);
    }
}
