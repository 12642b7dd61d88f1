//! The vector instructions of x86-64 that move pointers: compilers fill structures with them, two or four words at
//! a time.

use iced_x86::{Instruction, Mnemonic, OpKind, Register};

use crate::value::{Value, mask};

use super::context::Context;
use super::x86_64_operands::{address, read_register, write_register};

/// The lanes of an operand, the lowest first.
type Lanes = [Value; 4];

const ZERO: Value = Value::Int(0);

/// Executes `instruction`, or says that it is none of these.
#[expect(clippy::too_many_lines, reason = "one line for each kind of instruction")]
pub(super) fn execute(context: &mut Context<'_>, instruction: &Instruction) -> bool {
    use Mnemonic as M;
    let mut unit = Unit { context, instruction };
    match instruction.mnemonic() {
        M::Movaps
        | M::Movups
        | M::Movapd
        | M::Movupd
        | M::Movdqa
        | M::Movdqu
        | M::Lddqu
        | M::Movntdq
        | M::Movntps
        | M::Movntpd
        | M::Vmovaps
        | M::Vmovups
        | M::Vmovapd
        | M::Vmovupd
        | M::Vmovdqa
        | M::Vmovdqu
        | M::Vlddqu
        | M::Vmovdqa64
        | M::Vmovdqu64
        | M::Vmovdqa32
        | M::Vmovdqu32
        | M::Vmovdqu8
        | M::Vmovdqu16
        | M::Vmovntdq
        | M::Vmovntps
            if instruction.op_mask() == Register::None && unit.width() <= 32 =>
        {
            let lanes = unit.read(1);
            unit.write(0, lanes);
        }
        M::Movq | M::Vmovq => unit.move_scalar(8),
        M::Movd | M::Vmovd => unit.move_scalar(4),
        M::Movsd | M::Vmovsd | M::Movss | M::Vmovss => return unit.move_float(),
        M::Movhps | M::Movhpd | M::Vmovhps | M::Vmovhpd => unit.move_half(1),
        M::Movlps | M::Movlpd | M::Vmovlps | M::Vmovlpd => unit.move_half(0),
        M::Punpcklqdq | M::Movlhps | M::Unpcklpd | M::Vpunpcklqdq | M::Vmovlhps | M::Vunpcklpd => {
            unit.combine(|a, b| [a[0], b[0], a[2], b[2]]);
        }
        M::Punpckhqdq | M::Unpckhpd | M::Vpunpckhqdq | M::Vunpckhpd => {
            unit.combine(|a, b| [a[1], b[1], a[3], b[3]]);
        }
        M::Movhlps | M::Vmovhlps => unit.combine(|a, b| [b[1], a[1], ZERO, ZERO]),
        M::Movddup | M::Vmovddup => {
            let lanes = unit.read(1);
            unit.write(0, [lanes[0], lanes[0], lanes[2], lanes[2]]);
        }
        M::Pinsrq | M::Vpinsrq => unit.insert(),
        M::Pextrq | M::Vpextrq => {
            let (lanes, index) = (unit.read(1), unit.immediate());
            unit.write_scalar(0, 8, lanes[index & 1]);
        }
        M::Pxor | M::Xorps | M::Xorpd | M::Vpxor | M::Vxorps | M::Vxorpd | M::Vpxord | M::Vpxorq => {
            let same = unit.same_sources();
            unit.combine(|a, b| {
                let lane = |i: usize| match (a[i], b[i]) {
                    _ if same => ZERO,
                    (Value::Int(a), Value::Int(b)) => Value::Int(a ^ b),
                    _ => Value::Unknown,
                };
                [lane(0), lane(1), lane(2), lane(3)]
            });
        }
        M::Pcmpeqd | M::Pcmpeqb | M::Pcmpeqw | M::Vpcmpeqd | M::Vpcmpeqb | M::Vpcmpeqw
            if unit.same_sources() && instruction.op0_register().is_vector_register() =>
        {
            unit.combine(|_, _| [Value::Int(u64::MAX); 4]);
        }
        M::Pshufd | M::Vpshufd => unit.shuffle(),
        M::Shufpd | M::Vshufpd => {
            let index = unit.immediate();
            unit.combine(|a, b| {
                [a[index & 1], b[index >> 1 & 1], a[2 + (index >> 2 & 1)], b[2 + (index >> 3 & 1)]]
            });
        }
        M::Vpbroadcastq | M::Vbroadcastsd if instruction.op_mask() == Register::None => {
            let value = unit.read_scalar(1, 8);
            unit.write(0, [value; 4]);
        }
        M::Vinserti128 | M::Vinsertf128 => {
            let (lanes, part, index) = (unit.read(1), unit.read(2), unit.immediate());
            let lanes = if index & 1 == 0 {
                [part[0], part[1], lanes[2], lanes[3]]
            } else {
                [lanes[0], lanes[1], part[0], part[1]]
            };
            unit.write(0, lanes);
        }
        M::Vextracti128 | M::Vextractf128 => {
            let (lanes, index) = (unit.read(1), unit.immediate());
            let from = (index & 1) * 2;
            unit.write(0, [lanes[from], lanes[from + 1], ZERO, ZERO]);
        }
        M::Vzeroupper => {
            let registers = &mut unit.context.registers;
            for register in 0..16 {
                let [first, second, ..] = registers.vector[register];
                registers.set_vector(register, [first, second, ZERO, ZERO]);
            }
        }
        _ => return false,
    }
    true
}

struct Unit<'c, 'p> {
    context: &'c mut Context<'p>,
    instruction: &'c Instruction,
}

impl Unit<'_, '_> {
    /// The bytes of the widest operand.
    fn width(&self) -> usize {
        (0..self.instruction.op_count())
            .map(|operand| match self.instruction.op_kind(operand) {
                OpKind::Register => self.instruction.op_register(operand).size(),
                OpKind::Memory => self.instruction.memory_size().size(),
                _ => 0,
            })
            .max()
            .unwrap_or(0)
    }

    /// Whether the instruction has the three operands of the VEX encodings.
    fn first_source(&self) -> u32 {
        let registers = (0..self.instruction.op_count())
            .filter(|&operand| matches!(self.instruction.op_kind(operand), OpKind::Register | OpKind::Memory))
            .count();
        u32::from(registers == 3)
    }

    fn same_sources(&self) -> bool {
        let first = self.first_source();
        self.instruction.op_kind(first + 1) == OpKind::Register
            && self.instruction.op_register(first) == self.instruction.op_register(first + 1)
    }

    fn immediate(&self) -> usize {
        let last = self.instruction.op_count().saturating_sub(1);
        self.instruction.try_immediate(last).map_or(0, |immediate| (immediate & 0xff) as usize)
    }

    fn read(&mut self, operand: u32) -> Lanes {
        match self.instruction.op_kind(operand) {
            OpKind::Register => {
                let register = self.instruction.op_register(operand);
                if !register.is_vector_register() {
                    return [read_register(self.context, register), ZERO, ZERO, ZERO];
                }
                let lanes = self.context.registers.vector[register.number() & 31];
                if register.size() <= 16 { [lanes[0], lanes[1], ZERO, ZERO] } else { lanes }
            }
            OpKind::Memory => {
                let at = address(self.context, self.instruction);
                let size = self.instruction.memory_size().size();
                let mut lanes = [ZERO; 4];
                for (index, lane) in lanes.iter_mut().enumerate() {
                    let offset = index * 8;
                    if offset < size {
                        let part = u8::try_from((size - offset).min(8)).unwrap_or(8);
                        *lane = self.context.load(at.offset(offset as u64), part);
                    }
                }
                lanes
            }
            _ => [Value::Unknown; 4],
        }
    }

    /// Writes lanes. A 128-bit register written by a legacy encoding keeps its upper half; nothing here needs it,
    /// so that it is cleared as the VEX encodings do.
    fn write(&mut self, operand: u32, lanes: Lanes) {
        match self.instruction.op_kind(operand) {
            OpKind::Register => {
                let register = self.instruction.op_register(operand);
                if !register.is_vector_register() {
                    return write_register(self.context, register, lanes[0]);
                }
                let lanes = match register.size() {
                    ..=16 => [lanes[0], lanes[1], ZERO, ZERO],
                    _ => lanes,
                };
                self.context.registers.set_vector(register.number() & 31, lanes);
            }
            OpKind::Memory => {
                let at = address(self.context, self.instruction);
                let size = self.instruction.memory_size().size().min(32);
                for offset in (0..size).step_by(8) {
                    let part = u8::try_from((size - offset).min(8)).unwrap_or(8);
                    self.context.store(at.offset(offset as u64), part, lanes[offset / 8]);
                }
            }
            _ => {}
        }
    }

    fn read_scalar(&mut self, operand: u32, size: u8) -> Value {
        match self.instruction.op_kind(operand) {
            OpKind::Memory => {
                let at = address(self.context, self.instruction);
                self.context.load(at, size)
            }
            _ => self.read(operand)[0].truncate(size),
        }
    }

    fn write_scalar(&mut self, operand: u32, size: u8, value: Value) {
        match self.instruction.op_kind(operand) {
            OpKind::Memory => {
                let at = address(self.context, self.instruction);
                self.context.store(at, size, value);
            }
            _ => self.write(operand, [value.truncate(size), ZERO, ZERO, ZERO]),
        }
    }

    /// `movq`, `movd`: the low lane, the others cleared.
    fn move_scalar(&mut self, size: u8) {
        let value = self.read_scalar(1, size);
        self.write_scalar(0, size, value);
    }

    /// `movsd` and `movss` with memory.
    fn move_float(&mut self) -> bool {
        let size =
            if matches!(self.instruction.mnemonic(), Mnemonic::Movsd | Mnemonic::Vmovsd) { 8 } else { 4 };
        if self.instruction.op_count() == 2
            && (self.instruction.op0_kind() == OpKind::Memory
                || self.instruction.op1_kind() == OpKind::Memory)
        {
            self.move_scalar(size);
            return true;
        }
        if size == 8 {
            self.combine(|a, b| [b[0], a[1], ZERO, ZERO]);
            return true;
        }
        false
    }

    /// `movhps` and `movlps`: one lane from or to memory.
    fn move_half(&mut self, lane: usize) {
        let last = self.instruction.op_count().saturating_sub(1);
        if self.instruction.op0_kind() == OpKind::Memory {
            let lanes = self.read(1);
            self.write_scalar(0, 8, lanes[lane]);
            return;
        }
        let value = self.read_scalar(last, 8);
        let mut lanes = self.read(last - 1);
        lanes[lane] = value;
        self.write(0, lanes);
    }

    /// `pinsrq`: one lane from a register or memory.
    fn insert(&mut self) {
        let source = self.instruction.op_count().saturating_sub(2);
        let (value, index) = (self.read_scalar(source, 8), self.immediate());
        let mut lanes = self.read(source - 1);
        lanes[index & 1] = value;
        self.write(0, lanes);
    }

    fn combine(&mut self, result: impl Fn(Lanes, Lanes) -> Lanes) {
        let first = self.first_source();
        let (a, b) = (self.read(first), self.read(first + 1));
        self.write(0, result(a, b));
    }

    /// `pshufd`: by words of 32 bits. Whole pointers survive where both halves move together.
    fn shuffle(&mut self) {
        let (lanes, order) = (self.read(1), self.immediate());
        let word = |base: usize, index: usize| {
            let half = order >> (index * 2) & 3;
            (base + half / 2, half & 1)
        };
        let pair = |base: usize, index: usize| {
            let ((low, low_half), (high, high_half)) = (word(base, index), word(base, index + 1));
            if low == high && (low_half, high_half) == (0, 1) {
                return lanes[low];
            }
            match (lanes[low], lanes[high]) {
                (Value::Int(a), Value::Int(b)) => {
                    Value::Int((a >> (low_half * 32)) & mask(4) | (b >> (high_half * 32) & mask(4)) << 32)
                }
                _ => Value::Unknown,
            }
        };
        let lanes = [pair(0, 0), pair(0, 2), pair(2, 0), pair(2, 2)];
        self.write(0, lanes);
    }
}
