//! The loads and stores of AArch64.

use crate::value::Value;

use super::aarch64::{Cpu, SP};
use super::aarch64_bits::{bits, signed, size_of};

impl Cpu<'_, '_> {
    pub(super) fn memory(&mut self) {
        let vector = self.flag(26);
        match (self.field(28, 2), self.field(23, 3)) {
            // LDP, STP: post-index, offset, pre-index.
            (2, mode @ 0..=3) if !(mode == 0 && !vector && self.field(30, 2) == 1) => self.pair(mode, vector),
            // LDR with an address relative to this instruction.
            (1, 0 | 1) => self.literal(vector),
            (3, 0 | 1) => self.single(vector),
            (3, 2 | 3) => {
                let scale = self.scale(vector);
                let offset = u64::from(bits(self.word, 10, 12)) << scale;
                let at = self.read_sp(self.field(5, 5)).offset(offset);
                self.transfer(at, vector, 1 << scale);
            }
            (0, _) if !vector => self.exclusive(),
            _ => self.forget_transfer(vector),
        }
    }

    /// The size of a single transfer as a power of two.
    const fn scale(&self, vector: bool) -> u32 {
        let size = bits(self.word, 30, 2);
        if vector && self.flag(23) { 4 } else { size }
    }

    fn single(&mut self, vector: bool) {
        let scale = self.scale(vector);
        let rn = self.field(5, 5);
        let base = self.read_sp(rn);
        if self.flag(21) {
            if self.field(10, 2) != 2 {
                // Atomic operations.
                self.context.store(base, 1 << scale.min(3), Value::Unknown);
                return self.forget_transfer(vector);
            }
            let option = bits(self.word, 13, 3);
            let index = self.read(self.field(16, 5));
            let index = match option {
                2 => index.truncate(4),
                6 => index.truncate(4).sign_extend(4),
                _ => index,
            };
            let at = match (index, base) {
                (Value::Int(index), base) => base.offset(index << if self.flag(12) { scale } else { 0 }),
                (index, Value::Int(base)) if !self.flag(12) => index.offset(base),
                _ => Value::Unknown,
            };
            return self.transfer(at, vector, 1 << scale);
        }
        let offset = signed(bits(self.word, 12, 9), 9);
        match self.field(10, 2) {
            1 => {
                self.transfer(base, vector, 1 << scale);
                self.write_sp(rn, base.offset(offset));
            }
            3 => {
                let at = base.offset(offset);
                self.transfer(at, vector, 1 << scale);
                self.write_sp(rn, at);
            }
            _ => self.transfer(base.offset(offset), vector, 1 << scale),
        }
    }

    /// Loads or stores one register of `size` bytes.
    fn transfer(&mut self, at: Value, vector: bool, size: u8) {
        let (rt, operation) = (self.field(0, 5), self.field(22, 2));
        if vector {
            if operation & 1 == 1 {
                self.load_vector(rt, at, size);
            } else {
                self.store_vector(rt, at, size);
            }
            return;
        }
        match operation {
            0 => {
                let value = self.read(rt);
                self.context.store(at, size, value);
            }
            1 => {
                let value = self.context.load(at, size);
                self.write(rt, value);
            }
            // PRFM.
            2 | 3 if size == 8 => {}
            _ => {
                let to = if operation == 3 { 4 } else { 8 };
                let value = self.context.load(at, size).sign_extend(size).truncate(to);
                self.write(rt, value);
            }
        }
    }

    fn load_vector(&mut self, register: usize, at: Value, size: u8) {
        let first = self.context.load(at, size.min(8));
        let second = if size > 8 { self.context.load(at.offset(8), 8) } else { Value::Int(0) };
        self.context.registers.set_vector(register, [first, second, Value::Unknown, Value::Unknown]);
    }

    fn store_vector(&mut self, register: usize, at: Value, size: u8) {
        let lanes = self.context.registers.vector[register];
        self.context.store(at, size.min(8), lanes[0]);
        if size > 8 {
            self.context.store(at.offset(8), 8, lanes[1]);
        }
    }

    fn pair(&mut self, mode: usize, vector: bool) {
        let kind = self.field(30, 2);
        let size = match (vector, kind) {
            (true, kind) => 4 << kind.min(2),
            (false, 2) => 8,
            (false, _) => 4,
        };
        let (first, second, rn) = (self.field(0, 5), self.field(10, 5), self.field(5, 5));
        let offset = signed(bits(self.word, 15, 7), 7).wrapping_mul(size_of(size));
        let base = self.read_sp(rn);
        let at = if mode == 1 { base } else { base.offset(offset) };
        for (register, at) in [(first, at), (second, at.offset(size_of(size)))] {
            match (vector, self.flag(22)) {
                (true, true) => self.load_vector(register, at, size),
                (true, false) => self.store_vector(register, at, size),
                (false, true) => {
                    let value = self.context.load(at, size);
                    // LDPSW.
                    let value = if kind == 1 { value.sign_extend(4) } else { value };
                    self.write(register, value);
                }
                (false, false) => {
                    let value = self.read(register);
                    self.context.store(at, size, value);
                }
            }
        }
        if mode & 1 == 1 {
            self.write_sp(rn, base.offset(offset));
        }
    }

    fn literal(&mut self, vector: bool) {
        let at = Value::Int(self.at.wrapping_add(signed(bits(self.word, 5, 19) << 2, 21)));
        let (rt, kind) = (self.field(0, 5), self.field(30, 2));
        if vector {
            return self.load_vector(rt, at, 4 << kind.min(2));
        }
        let value = match kind {
            0 => self.context.load(at, 4),
            1 => self.context.load(at, 8),
            2 => self.context.load(at, 4).sign_extend(4),
            _ => return,
        };
        self.write(rt, value);
    }

    /// LDAR, STLR, LDXR, STXR and their like. A store-exclusive succeeds.
    fn exclusive(&mut self) {
        let size = 1 << self.field(30, 2);
        let (rt, at) = (self.field(0, 5), self.read_sp(self.field(5, 5)));
        if self.flag(21) {
            self.context.store(at, size, Value::Unknown);
            self.write(self.field(16, 5), Value::Unknown);
            return self.forget_transfer(false);
        }
        if self.flag(22) {
            let value = self.context.load(at, size);
            self.write(rt, value);
        } else {
            let value = self.read(rt);
            self.context.store(at, size, value);
            if !self.flag(23) {
                self.write(self.field(16, 5), Value::Int(0));
            }
        }
    }

    /// Makes unknown what a load of an unknown form may write.
    fn forget_transfer(&mut self, vector: bool) {
        for register in [self.field(0, 5), self.field(10, 5)] {
            if vector {
                self.context.registers.set_vector(register, [Value::Unknown; 4]);
            } else {
                self.write(register, Value::Unknown);
            }
        }
        if vector {
            // Structures: up to four registers, and the address may be written back.
            for next in 1..4 {
                self.context.registers.set_vector((self.field(0, 5) + next) & 31, [Value::Unknown; 4]);
            }
            if self.flag(23) && self.field(5, 5) != SP {
                self.write_sp(self.field(5, 5), Value::Unknown);
            }
        }
    }
}
