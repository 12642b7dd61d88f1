//! AArch64: the instruction forms that init functions use, matched by hand.
//!
//! Every other instruction makes the registers that its encoding may write unknown. Source of the encodings: the
//! "Arm Architecture Reference Manual for A-profile", chapter C4.

use crate::memory::THREAD;
use crate::value::{Flags, Value, mask, sign_extend};

use super::aarch64_bits::{Condition, bitmask, bits, flag, holds, signed};
use super::context::{Context, Step};

/// The stack pointer, after `x0` to `x30`.
pub(super) const SP: usize = 31;
/// The first byte of B.cond.
const B_COND: u32 = 0x54;
/// The link register.
pub(super) const LINK: usize = 30;

/// Executes the instruction at `pc`.
pub(crate) fn step(context: &mut Context<'_>) -> Step {
    let at = context.registers.pc;
    let word = context.memory.program.bytes_from(at).and_then(|bytes| bytes.first_chunk().copied());
    // Instructions are little-endian whatever the data are.
    let Some(word) = word.map(u32::from_le_bytes) else { return Step::End };
    // A comparison is remembered for the jump behind it.
    let compared = context.registers.compared.take();
    if word >> 24 == B_COND {
        context.registers.compared = compared;
    }
    let mut cpu = Cpu { context, word, next: at.wrapping_add(4), at };
    match bits(word, 25, 4) {
        0b1000 | 0b1001 => cpu.immediate(),
        0b1010 | 0b1011 => return cpu.branch(),
        0b0100 | 0b0110 | 0b1100 | 0b1110 => cpu.memory(),
        0b0101 | 0b1101 => cpu.register(),
        0b0111 | 0b1111 => super::aarch64_vector::execute(cpu.context, word),
        _ => return Step::End,
    }
    Step::Next(cpu.next)
}

pub(super) struct Cpu<'c, 'p> {
    pub(super) context: &'c mut Context<'p>,
    pub(super) word: u32,
    pub(super) at: u64,
    next: u64,
}

impl Cpu<'_, '_> {
    pub(super) const fn field(&self, low: u32, count: u32) -> usize {
        bits(self.word, low, count) as usize
    }

    pub(super) const fn flag(&self, bit: u32) -> bool {
        flag(self.word, bit)
    }

    /// The operand size in bytes, by the bit `sf`.
    const fn size(&self) -> u8 {
        if self.flag(31) { 8 } else { 4 }
    }

    /// A register, where 31 is zero.
    pub(super) fn read(&self, number: usize) -> Value {
        if number == 31 { Value::Int(0) } else { self.context.registers.general[number] }
    }

    /// A register, where 31 is the stack pointer.
    pub(super) fn read_sp(&self, number: usize) -> Value {
        self.context.registers.general[number]
    }

    pub(super) fn write(&mut self, number: usize, value: Value) {
        if number != 31 {
            self.context.registers.general[number] = value;
        }
    }

    pub(super) fn write_sp(&mut self, number: usize, value: Value) {
        self.context.registers.general[number] = value;
    }

    /// Adds or subtracts, sets the flags if bit 29 says so, and tells the result.
    fn sum(&mut self, left: Value, right: Value) -> Value {
        let (subtracts, size) = (self.flag(30), self.size());
        let result = match (left, right) {
            (value, Value::Int(by)) => value.offset(if subtracts { by.wrapping_neg() } else { by }),
            (Value::Int(by), value) if !subtracts => value.offset(by),
            _ => Value::Unknown,
        };
        if self.flag(29) {
            self.context.registers.flags = if subtracts {
                Flags::of_subtraction(left, right, size)
            } else {
                let flags = Flags::of_addition(left, right, size);
                Flags { carry: flags.carry.map(|carry| !carry), ..flags }
            };
        }
        result.truncate(size)
    }

    /// Notes that a whole register of unknown value was compared with a number.
    fn note_comparison(&mut self, register: usize, number: u64) {
        if self.size() == 8 && register != 31 && self.read(register) == Value::Unknown {
            self.context.registers.compared = Some((register, number));
        }
    }

    fn immediate(&mut self) {
        let (rd, rn) = (self.field(0, 5), self.field(5, 5));
        match self.field(23, 3) {
            // ADR, ADRP.
            0 | 1 => {
                let offset = signed(bits(self.word, 5, 19) << 2 | bits(self.word, 29, 2), 21);
                let target = if self.flag(31) {
                    (self.at & !0xfff).wrapping_add(offset << 12)
                } else {
                    self.at.wrapping_add(offset)
                };
                self.write(rd, Value::Int(target));
            }
            // ADD, SUB.
            2 => {
                let shift = if self.flag(22) { 12 } else { 0 };
                let number = u64::from(bits(self.word, 10, 12)) << shift;
                let result = self.sum(self.read_sp(rn).truncate(self.size()), Value::Int(number));
                // CMP.
                if self.flag(29) && self.flag(30) && rd == 31 {
                    self.note_comparison(rn, number);
                }
                if self.flag(29) { self.write(rd, result) } else { self.write_sp(rd, result) }
            }
            // AND, ORR, EOR, ANDS.
            4 => {
                let number = bitmask(self.word, self.flag(31));
                let result =
                    self.logic(self.field(29, 2), self.read(rn), number.map_or(Value::Unknown, Value::Int));
                if self.field(29, 2) == 3 { self.write(rd, result) } else { self.write_sp(rd, result) }
            }
            // MOVN, MOVZ, MOVK.
            5 => {
                let shift = bits(self.word, 21, 2) * 16;
                let number = u64::from(bits(self.word, 5, 16)) << shift;
                let result = match (self.field(29, 2), self.read(rd)) {
                    (0, _) => Value::Int(!number),
                    (2, _) => Value::Int(number),
                    (3, Value::Int(old)) => Value::Int(old & !(0xffff << shift) | number),
                    _ => Value::Unknown,
                };
                self.write(rd, result.truncate(self.size()));
            }
            // SBFM, BFM, UBFM: shifts, extensions, fields.
            6 => {
                let result = self.bit_field(self.read(rn), self.read(rd));
                self.write(rd, result.truncate(self.size()));
            }
            // Memory tags.
            3 => self.write_sp(rd, Value::Unknown),
            // EXTR.
            _ => {
                let (size, low) = (u32::from(self.size()) * 8, bits(self.word, 10, 6));
                let rm = self.field(16, 5);
                let result = match (self.read(rn), self.read(rm)) {
                    (_, value) if low == 0 => value,
                    (Value::Int(high), Value::Int(value)) if low < size => Value::Int(
                        (value & mask(self.size())) >> low | high.checked_shl(size - low).unwrap_or(0),
                    ),
                    _ => Value::Unknown,
                };
                self.write(rd, result.truncate(self.size()));
            }
        }
    }

    fn bit_field(&self, source: Value, old: Value) -> Value {
        let size = u32::from(self.size()) * 8;
        let (rotate, top) = (bits(self.word, 16, 6), bits(self.word, 10, 6));
        if rotate >= size || top >= size {
            return Value::Unknown;
        }
        if rotate == 0 && top == size - 1 {
            return source;
        }
        let Value::Int(source) = source else { return Value::Unknown };
        let (count, to) = if top >= rotate { (top - rotate + 1, 0) } else { (top + 1, size - rotate) };
        let ones = if count >= 64 { u64::MAX } else { (1 << count) - 1 };
        let from = if top >= rotate { rotate } else { 0 };
        let field = (source & mask(self.size())) >> from & ones;
        match self.field(29, 2) {
            0 if field >> (count - 1) & 1 == 1 => Value::Int((field | !ones) << to),
            0 | 2 => Value::Int(field << to),
            1 => match old {
                Value::Int(old) => Value::Int(old & !(ones << to) | field << to),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// AND, ORR, EOR, ANDS by their number; the last sets the flags.
    fn logic(&mut self, operation: usize, left: Value, right: Value) -> Value {
        let result = match (operation, left, right) {
            (1, value, Value::Int(0)) | (1, Value::Int(0), value) => value,
            (0 | 3, _, Value::Int(0)) | (0 | 3, Value::Int(0), _) => Value::Int(0),
            (1, Value::Int(a), Value::Int(b)) => Value::Int(a | b),
            (2, Value::Int(a), Value::Int(b)) => Value::Int(a ^ b),
            (0 | 3, Value::Int(a), Value::Int(b)) => Value::Int(a & b),
            _ => Value::Unknown,
        }
        .truncate(self.size());
        if operation == 3 {
            self.context.registers.flags = Flags::of_logic(result, self.size());
        }
        result
    }

    fn register(&mut self) {
        let (rd, rn, rm) = (self.field(0, 5), self.field(5, 5), self.field(16, 5));
        match (self.flag(28), self.field(21, 4)) {
            // AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS with a shifted register.
            (false, 0..=7) => {
                let mut right = self.shifted(self.read(rm));
                if self.flag(21) {
                    right = right.int().map_or(Value::Unknown, |number| Value::Int(!number));
                }
                let operation = self.field(29, 2);
                let left = self.read(rn);
                // TST of a register with itself.
                let result = if operation == 3 && rn == rm && !self.flag(21) && self.field(10, 6) == 0 {
                    self.context.registers.flags = Flags::of_logic(left, self.size());
                    left.truncate(self.size())
                } else {
                    self.logic(operation, left, right)
                };
                self.write(rd, result);
            }
            // ADD, SUB with a shifted register.
            (false, 8 | 10 | 12 | 14) => {
                let right = self.shifted(self.read(rm)).truncate(self.size());
                let result = self.sum(self.read(rn).truncate(self.size()), right);
                self.write(rd, result);
            }
            // ADD, SUB with an extended register.
            (false, _) => {
                let option = bits(self.word, 13, 3);
                let size = 1 << (option & 3);
                let value = match (self.read(rm), size) {
                    (value, 8) => value,
                    (value, _) if option & 4 == 0 => value.truncate(size),
                    (value, _) => value.truncate(size).sign_extend(size),
                };
                let right = match (value, bits(self.word, 10, 3)) {
                    (value, 0) => value,
                    (Value::Int(number), shift) => Value::Int(number << shift),
                    _ => Value::Unknown,
                };
                let result = self.sum(self.read_sp(rn), right.truncate(self.size()));
                if self.flag(29) { self.write(rd, result) } else { self.write_sp(rd, result) }
            }
            // CCMP, CCMN.
            (true, 2) => self.conditional_compare(rn, rm),
            // CSEL, CSINC, CSINV, CSNEG.
            (true, 4) => {
                let other = match (self.flag(30), self.flag(10), self.read(rm)) {
                    (false, false, value) => value,
                    (false, true, value) => value.offset(1),
                    (true, false, Value::Int(number)) => Value::Int(!number),
                    (true, true, Value::Int(number)) => Value::Int(number.wrapping_neg()),
                    (true, ..) => Value::Unknown,
                };
                let result = match self.holds(bits(self.word, 12, 4)) {
                    Some(true) => self.read(rn),
                    Some(false) => other,
                    None if self.read(rn) == other => other,
                    None => Value::Unknown,
                };
                self.write(rd, result.truncate(self.size()));
            }
            // LSLV, LSRV and the rest with two sources: rarely on the way.
            // MADD, MSUB.
            (true, 8) => {
                let ra = self.field(10, 5);
                let result = match (self.read(rn), self.read(rm), self.read(ra)) {
                    (Value::Int(a), Value::Int(b), Value::Int(c)) => {
                        let product = a.wrapping_mul(b);
                        Value::Int(if self.flag(15) {
                            c.wrapping_sub(product)
                        } else {
                            c.wrapping_add(product)
                        })
                    }
                    _ => Value::Unknown,
                };
                self.write(rd, result.truncate(self.size()));
            }
            _ => {
                self.write(rd, Value::Unknown);
                if self.flag(29) {
                    self.context.registers.flags = Flags::default();
                }
            }
        }
    }

    fn shifted(&self, value: Value) -> Value {
        let amount = bits(self.word, 10, 6);
        if amount == 0 {
            return value;
        }
        let (size, Value::Int(number)) = (self.size(), value) else { return Value::Unknown };
        let number = number & mask(size);
        match self.field(22, 2) {
            0 => Value::Int(number << amount),
            1 => Value::Int(number >> amount),
            2 => Value::Int(signed_shift(sign_extend(number, size), amount)),
            _ => Value::Unknown,
        }
    }

    fn conditional_compare(&mut self, rn: usize, rm: usize) {
        let right = if self.flag(11) { Value::Int(rm as u64) } else { self.read(rm) };
        self.context.registers.flags = match self.holds(bits(self.word, 12, 4)) {
            Some(true) => {
                let (left, size) = (self.read(rn), self.size());
                if self.flag(30) {
                    Flags::of_subtraction(left, right, size)
                } else {
                    let flags = Flags::of_addition(left, right, size);
                    Flags { carry: flags.carry.map(|carry| !carry), ..flags }
                }
            }
            Some(false) => Flags {
                sign: Some(self.flag(3)),
                zero: Some(self.flag(2)),
                carry: Some(!self.flag(1)),
                overflow: Some(self.flag(0)),
            },
            None => Flags::default(),
        };
    }

    fn holds(&self, condition: Condition) -> Option<bool> {
        holds(condition, self.context.registers.flags)
    }

    fn branch(&mut self) -> Step {
        let next = self.next;
        let branch = |offset| self.at.wrapping_add(offset);
        match self.word >> 24 {
            // B, BL.
            word if word & 0x7c == 0x14 => {
                let target = branch(signed(bits(self.word, 0, 26) << 2, 28));
                if self.flag(31) {
                    Step::Call { target: Value::Int(target), next }
                } else {
                    Step::Next(target)
                }
            }
            // B.cond.
            B_COND => {
                let taken = branch(signed(bits(self.word, 5, 19) << 2, 21));
                let condition = bits(self.word, 0, 4);
                let equality = (condition < 2).then_some(condition == 0);
                Step::Branch { taken, next, condition: self.holds(condition), equality }
            }
            // CBZ, CBNZ.
            word if word & 0x7e == 0x34 => {
                let taken = branch(signed(bits(self.word, 5, 19) << 2, 21));
                let register = self.field(0, 5);
                let zero = Flags::of_logic(self.read(register), self.size()).zero;
                self.note_comparison(register, 0);
                Step::Branch {
                    taken,
                    next,
                    condition: zero.map(|zero| zero != self.flag(24)),
                    equality: Some(!self.flag(24)),
                }
            }
            // TBZ, TBNZ.
            word if word & 0x7e == 0x36 => {
                let taken = branch(signed(bits(self.word, 5, 14) << 2, 16));
                let bit = bits(self.word, 31, 1) << 5 | bits(self.word, 19, 5);
                let set = self.read(self.field(0, 5)).int().map(|number| number >> bit & 1 == 1);
                Step::Branch { taken, next, condition: set.map(|set| set == self.flag(24)), equality: None }
            }
            // BR, BLR, RET, and their forms with pointer authentication.
            0xd6 | 0xd7 => {
                let target = self.read(self.field(5, 5));
                match self.field(21, 4) {
                    0 | 8 => Step::Jump(target),
                    1 | 9 => Step::Call { target, next },
                    2 => Step::Return(if bits(self.word, 10, 6) == 0 { target } else { self.read(LINK) }),
                    _ => Step::End,
                }
            }
            // Hints, barriers, system registers.
            0xd5 => {
                if self.flag(21) && self.flag(20) {
                    let thread = bits(self.word, 5, 16) == 0xde82;
                    let value = if thread { Value::Int(THREAD) } else { Value::Unknown };
                    self.write(self.field(0, 5), value);
                }
                Step::Next(next)
            }
            // SVC, BRK, HLT, and what is not allocated.
            _ => Step::End,
        }
    }
}

#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "two's complement is the point")]
const fn signed_shift(number: u64, amount: u32) -> u64 {
    ((number as i64) >> amount) as u64
}
