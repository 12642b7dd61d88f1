//! x86-64, decoded by iced-x86.
//!
//! What init functions use is executed; every other instruction makes what it writes unknown, by iced's own
//! account of the registers and the memory it writes.

use iced_x86::{ConditionCode, Instruction, Mnemonic, OpKind};

use crate::value::{Flags, Value, mask};

use super::context::{Context, Step};
use super::x86_64_operands::{add, address, forget, general_number, read_register, write_register};

const RSP: usize = 4;

/// Executes the instruction at `pc`.
pub(crate) fn step(context: &mut Context<'_>) -> Step {
    let at = context.registers.pc;
    let Some(instruction) = context.code.decode(context.memory.program, at) else { return Step::End };
    if let Some(needs) = &mut context.needs {
        needs.note(&instruction, context.registers.forked);
    }
    // A comparison is remembered for as long as its register is seen to stay the same.
    let keeps = matches!(instruction.mnemonic(), Mnemonic::Mov | Mnemonic::Movzx | Mnemonic::Lea);
    if !keeps && !instruction.is_jcc_short_or_near() {
        context.registers.compared = None;
    }
    Cpu { context, instruction: &instruction }.execute()
}

pub(super) fn push(context: &mut Context<'_>, value: Value) {
    let stack = context.registers.general[RSP].offset(8_u64.wrapping_neg());
    context.registers.general[RSP] = stack;
    context.store(stack, 8, value);
}

pub(super) fn pop(context: &mut Context<'_>) -> Value {
    let stack = context.registers.general[RSP];
    context.registers.general[RSP] = stack.offset(8);
    context.load(stack, 8)
}

struct Cpu<'c, 'p> {
    context: &'c mut Context<'p>,
    instruction: &'c Instruction,
}

impl Cpu<'_, '_> {
    #[expect(clippy::too_many_lines, reason = "one line for each kind of instruction")]
    fn execute(&mut self) -> Step {
        use Mnemonic as M;
        let next = self.instruction.next_ip();
        match self.instruction.mnemonic() {
            M::Mov | M::Movzx => {
                let value = self.read(1);
                self.write(0, value);
            }
            M::Movsx | M::Movsxd => {
                let value = self.read(1).sign_extend(self.size(1));
                self.write(0, value);
            }
            M::Lea => {
                let address = self.address();
                self.write(0, address);
            }
            M::Push => {
                let value = self.read(0).sign_extend(self.size(0));
                push(self.context, value);
            }
            M::Pop => {
                let value = pop(self.context);
                self.write(0, value);
            }
            M::Leave => {
                self.context.registers.general[RSP] = self.context.registers.general[5];
                self.context.registers.general[5] = pop(self.context);
            }
            M::Xchg => {
                let (left, right) = (self.read(0), self.read(1));
                self.write(0, right);
                self.write(1, left);
            }
            M::Add => self.arithmetic(add, Flags::of_addition),
            M::Sub => {
                let same = self.same_registers();
                self.arithmetic(
                    |a, b| if same { Value::Int(0) } else { subtract(a, b) },
                    Flags::of_subtraction,
                );
            }
            M::Cmp => {
                let (left, right) = (self.read(0), self.read(1));
                let size = self.size(0);
                let flags = Flags::of_subtraction(left, right, size);
                self.context.registers.flags = if self.same_registers() {
                    Flags::of_subtraction(Value::Int(0), Value::Int(0), size)
                } else {
                    flags
                };
                self.note_comparison(left, right);
            }
            M::Inc | M::Dec => {
                let (value, size) = (self.read(0), self.size(0));
                let carry = self.context.registers.flags.carry;
                let (result, flags) = if self.instruction.mnemonic() == M::Inc {
                    (value.offset(1), Flags::of_addition(value, Value::Int(1), size))
                } else {
                    (value.offset(u64::MAX), Flags::of_subtraction(value, Value::Int(1), size))
                };
                self.write(0, result);
                self.context.registers.flags = Flags { carry, ..flags };
            }
            M::Neg => {
                let (value, size) = (self.read(0), self.size(0));
                self.write(0, value.int().map_or(Value::Unknown, |number| Value::Int(number.wrapping_neg())));
                self.context.registers.flags = Flags::of_subtraction(Value::Int(0), value, size);
            }
            M::Not => {
                let value = self.read(0).int().map_or(Value::Unknown, |number| Value::Int(!number));
                self.write(0, value);
            }
            M::Xor => {
                let same = self.same_registers();
                self.logic(|a, b| if same { Value::Int(0) } else { both(a, b, |a, b| a ^ b) });
            }
            M::And => self.logic(and),
            M::Or => {
                let same = self.same_registers();
                self.logic(|a, b| match (a, b) {
                    _ if same => a,
                    (_, Value::Int(u64::MAX)) => Value::Int(u64::MAX),
                    (value, Value::Int(0)) | (Value::Int(0), value) => value,
                    _ => both(a, b, |a, b| a | b),
                });
            }
            M::Test => {
                let (left, right) = (self.read(0), self.read(1));
                let result = if self.same_registers() { left } else { and(left, right) };
                self.context.registers.flags = Flags::of_logic(result, self.size(0));
                if self.same_registers() {
                    self.note_comparison(left, Value::Int(0));
                }
            }
            M::Shl | M::Shr | M::Sar => self.shift(),
            M::Imul => self.multiply(),
            M::Cdqe => self.extend_accumulator(4),
            M::Cwde => {
                let value = self.context.registers.general[0].truncate(2).sign_extend(2).truncate(4);
                self.context.registers.general[0] = value;
            }
            M::Bt => {
                let (value, bit) = (self.read(0), self.read(1));
                let bits = u64::from(self.size(0)) * 8;
                let carry = match (value, bit) {
                    (Value::Int(value), Value::Int(bit))
                        if self.instruction.op_kind(0) == OpKind::Register =>
                    {
                        Some(value >> (bit % bits) & 1 == 1)
                    }
                    _ => None,
                };
                self.context.registers.flags = Flags { carry, ..Flags::default() };
            }
            M::Nop
            | M::Endbr64
            | M::Endbr32
            | M::Pause
            | M::Mfence
            | M::Lfence
            | M::Sfence
            | M::Wait
            | M::Prefetcht0
            | M::Prefetcht1
            | M::Prefetcht2
            | M::Prefetchnta
            | M::Prefetchw => {}
            M::Call => return Step::Call { target: self.target(), next },
            M::Jmp => {
                return match self.target() {
                    Value::Int(target) => Step::Next(target),
                    target => Step::Jump(target),
                };
            }
            M::Ret => {
                let to = pop(self.context);
                return Step::Return(to);
            }
            M::Stosb | M::Stosd | M::Stosq | M::Movsb | M::Movsd | M::Movsq
                if self.instruction.op0_kind() == OpKind::MemoryESRDI =>
            {
                self.string_instruction();
            }
            M::Hlt
            | M::Ud2
            | M::Ud0
            | M::Ud1
            | M::Int3
            | M::Int
            | M::Int1
            | M::Syscall
            | M::Sysenter
            | M::Iretq => return Step::End,
            _ => return self.conditional_or_vector(next),
        }
        Step::Next(next)
    }

    fn conditional_or_vector(&mut self, next: u64) -> Step {
        let condition = self.instruction.condition_code();
        if condition != ConditionCode::None {
            let holds = holds(condition, self.context.registers.flags);
            if self.instruction.is_jcc_short_or_near() {
                let equality = match condition {
                    ConditionCode::e => Some(true),
                    ConditionCode::ne => Some(false),
                    _ => None,
                };
                let taken = self.instruction.near_branch_target();
                return Step::Branch { taken, next, condition: holds, equality };
            }
            self.select(holds);
            return Step::Next(next);
        }
        if self.instruction.is_loop() || self.instruction.is_loopcc() || self.instruction.is_jcx_short() {
            self.forget();
            let taken = self.instruction.near_branch_target();
            return Step::Branch { taken, next, condition: None, equality: None };
        }
        if !super::x86_64_vector::execute(self.context, self.instruction) {
            self.forget();
        }
        Step::Next(next)
    }

    /// Notes that the flags come from a whole register of unknown value and a number.
    fn note_comparison(&mut self, left: Value, right: Value) {
        if let (Value::Unknown, Value::Int(number), OpKind::Register, 8) =
            (left, right, self.instruction.op0_kind(), self.size(0))
        {
            let register = general_number(self.instruction.op0_register());
            self.context.registers.compared = Some((register, number));
        }
    }

    /// `setcc` and `cmovcc`.
    fn select(&mut self, holds: Option<bool>) {
        if self.instruction.op_count() == 1 {
            self.write(0, holds.map_or(Value::Unknown, |holds| Value::Int(holds.into())));
            return;
        }
        match holds {
            Some(true) => {
                let value = self.read(1);
                self.write(0, value);
            }
            // A move of 32 bits clears the upper half even where its condition does not hold.
            Some(false) => {
                let value = self.read(0);
                self.write(0, value);
            }
            None => {
                let (a, b) = (self.read(0), self.read(1));
                self.write(0, if a == b { a } else { Value::Unknown });
            }
        }
    }

    fn string_instruction(&mut self) {
        use Mnemonic as M;
        let size: u8 = match self.instruction.mnemonic() {
            M::Stosb | M::Movsb => 1,
            M::Stosd | M::Movsd => 4,
            _ => 8,
        };
        let copies = matches!(self.instruction.mnemonic(), M::Movsb | M::Movsd | M::Movsq);
        let (rcx, rdi, rsi) = (1, 7, 6);
        let general = &mut self.context.registers.general;
        let repeated = self.instruction.has_rep_prefix() || self.instruction.has_repne_prefix();
        let count = if repeated { general[rcx] } else { Value::Int(1) };
        let (to, from, fill) = (general[rdi], general[rsi], general[0]);
        if repeated {
            general[rcx] = Value::Int(0);
        }
        let length = count.int().map(|count| count.saturating_mul(u64::from(size)));
        general[rdi] = length.map_or(Value::Unknown, |length| to.offset(length));
        if copies {
            general[rsi] = length.map_or(Value::Unknown, |length| from.offset(length));
        }
        let (Some(length), Value::Int(to)) = (length, to) else { return };
        let words = match (copies, from) {
            (true, Value::Int(from)) => self.context.memory.copy(to, from, length),
            (true, _) => self.context.memory.fill(to, Value::Unknown, length),
            // Every word of the same bytes: what compilers clear memory with.
            (false, _) => match fill.truncate(size) {
                Value::Int(0) => self.context.memory.fill(to, Value::Int(0), length),
                fill if length == u64::from(size) => {
                    self.context.memory.store(to, size, fill);
                    1
                }
                fill if size == 1 => self.context.memory.fill(to, fill, length),
                _ => self.context.memory.fill(to, Value::Unknown, length),
            },
        };
        self.context.words += words;
    }

    fn arithmetic(&mut self, result: impl Fn(Value, Value) -> Value, flags: fn(Value, Value, u8) -> Flags) {
        let (left, right, size) = (self.read(0), self.read(1), self.size(0));
        self.write(0, result(left, right));
        self.context.registers.flags = flags(left, right, size);
    }

    fn logic(&mut self, result: impl Fn(Value, Value) -> Value) {
        let (left, right, size) = (self.read(0), self.read(1), self.size(0));
        let result = result(left, right);
        self.write(0, result);
        self.context.registers.flags = Flags::of_logic(result, size);
    }

    fn shift(&mut self) {
        let (value, size) = (self.read(0), self.size(0));
        let count = if self.instruction.op_count() > 1 { self.read(1) } else { Value::Int(1) };
        let result = match (value, count) {
            (Value::Int(number), Value::Int(count)) => {
                let count = if size == 8 { count & 63 } else { count & 31 };
                Value::Int(match self.instruction.mnemonic() {
                    Mnemonic::Shl => number << count,
                    Mnemonic::Shr => (number & mask(size)) >> count,
                    _ => arithmetic_shift(crate::value::sign_extend(number, size), count),
                })
            }
            _ => Value::Unknown,
        };
        self.write(0, result);
        // A shift by nothing leaves the flags alone.
        if count.truncate(1) != Value::Int(0) {
            let flags = Flags::of_logic(result, size);
            self.context.registers.flags = Flags { carry: None, overflow: None, ..flags };
        }
    }

    fn multiply(&mut self) {
        if self.instruction.op_count() == 1 {
            return self.forget();
        }
        let (a, b) = if self.instruction.op_count() == 3 { (1, 2) } else { (0, 1) };
        let (left, right) = (self.read(a), self.read(b));
        self.write(0, both(left, right, u64::wrapping_mul));
        self.context.registers.flags = Flags::default();
    }

    fn extend_accumulator(&mut self, from: u8) {
        let value = self.context.registers.general[0].truncate(from).sign_extend(from);
        self.context.registers.general[0] = value;
    }

    /// The target of a jump or call.
    fn target(&mut self) -> Value {
        match self.instruction.op0_kind() {
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
                Value::Int(self.instruction.near_branch_target())
            }
            _ => self.read(0),
        }
    }

    fn same_registers(&self) -> bool {
        self.instruction.op0_kind() == OpKind::Register
            && self.instruction.op1_kind() == OpKind::Register
            && self.instruction.op0_register() == self.instruction.op1_register()
    }

    /// The bytes of an operand.
    fn size(&self, operand: u32) -> u8 {
        let size = match self.instruction.op_kind(operand) {
            OpKind::Register => self.instruction.op_register(operand).size(),
            OpKind::Memory => self.instruction.memory_size().size(),
            _ => 8,
        };
        u8::try_from(size).unwrap_or(8).clamp(1, 8)
    }

    fn read(&mut self, operand: u32) -> Value {
        match self.instruction.op_kind(operand) {
            OpKind::Register => read_register(self.context, self.instruction.op_register(operand)),
            OpKind::Memory => {
                let (address, size) = (self.address(), self.size(operand));
                self.context.load(address, size)
            }
            _ => self.instruction.try_immediate(operand).map_or(Value::Unknown, Value::Int),
        }
    }

    fn write(&mut self, operand: u32, value: Value) {
        match self.instruction.op_kind(operand) {
            OpKind::Register => write_register(self.context, self.instruction.op_register(operand), value),
            OpKind::Memory => {
                let (address, size) = (self.address(), self.size(operand));
                self.context.store(address, size, value);
            }
            _ => {}
        }
    }

    fn address(&mut self) -> Value {
        address(self.context, self.instruction)
    }

    fn forget(&mut self) {
        forget(self.context, self.instruction);
    }
}

fn subtract(left: Value, right: Value) -> Value {
    match (left, right) {
        (value, Value::Int(by)) => value.offset(by.wrapping_neg()),
        _ => Value::Unknown,
    }
}

fn and(left: Value, right: Value) -> Value {
    match (left, right) {
        (_, Value::Int(0)) | (Value::Int(0), _) => Value::Int(0),
        (value, Value::Int(u64::MAX)) => value,
        _ => both(left, right, |a, b| a & b),
    }
}

fn both(left: Value, right: Value, result: impl Fn(u64, u64) -> u64) -> Value {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Value::Int(result(left, right)),
        _ => Value::Unknown,
    }
}

#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "two's complement is the point")]
const fn arithmetic_shift(number: u64, count: u64) -> u64 {
    ((number as i64) >> count) as u64
}

/// Whether a condition holds, if the flags tell.
fn holds(condition: ConditionCode, flags: Flags) -> Option<bool> {
    use ConditionCode as C;
    let less = || Some(flags.sign? != flags.overflow?);
    let either = |a: Option<bool>, b: Option<bool>| match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    };
    let not = |value: Option<bool>| value.map(|value| !value);
    match condition {
        C::o => flags.overflow,
        C::no => not(flags.overflow),
        C::b => flags.carry,
        C::ae => not(flags.carry),
        C::e => flags.zero,
        C::ne => not(flags.zero),
        C::be => either(flags.carry, flags.zero),
        C::a => not(either(flags.carry, flags.zero)),
        C::s => flags.sign,
        C::ns => not(flags.sign),
        C::l => less(),
        C::ge => not(less()),
        C::le => either(flags.zero, less()),
        C::g => not(either(flags.zero, less())),
        C::None | C::p | C::np => None,
    }
}
