//! The operands of x86-64: registers and their parts, addresses, and what an instruction writes.

use iced_x86::{Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register};

use crate::memory::THREAD;
use crate::value::{Flags, Value, mask};

use super::context::Context;

/// The address of the memory operand.
pub(super) fn address(context: &Context<'_>, instruction: &Instruction) -> Value {
    if instruction.is_ip_rel_memory_operand() {
        return Value::Int(instruction.ip_rel_memory_address());
    }
    let register = |register| match register {
        Register::None => Value::Int(0),
        register => read_register(context, register),
    };
    let base = register(instruction.memory_base());
    let index = match register(instruction.memory_index()) {
        Value::Int(index) => Value::Int(index.wrapping_mul(instruction.memory_index_scale().into())),
        other => other,
    };
    let sum = add(base, index).offset(instruction.memory_displacement64());
    match instruction.memory_segment() {
        Register::FS if instruction.mnemonic() != Mnemonic::Lea => add(sum, Value::Int(THREAD)),
        Register::GS if instruction.mnemonic() != Mnemonic::Lea => Value::Unknown,
        _ => sum,
    }
}

pub(super) fn read_register(context: &Context<'_>, register: Register) -> Value {
    if !register.is_gpr() || is_high_byte(register) {
        return Value::Unknown;
    }
    let size = u8::try_from(register.size()).unwrap_or(8);
    context.registers.general[general_number(register)].truncate(size)
}

pub(super) fn write_register(context: &mut Context<'_>, register: Register, value: Value) {
    if register.is_vector_register() {
        context.registers.set_vector(register.number() & 31, [Value::Unknown; 4]);
    }
    if !register.is_gpr() {
        return;
    }
    let number = general_number(register);
    if context.registers.compared.is_some_and(|(compared, _)| compared == number) {
        context.registers.compared = None;
    }
    let slot = &mut context.registers.general[number];
    *slot = match register.size() {
        8 => value,
        4 => value.truncate(4),
        _ if is_high_byte(register) => Value::Unknown,
        size => match (*slot, value) {
            (Value::Int(old), Value::Int(new)) => {
                let mask = mask(u8::try_from(size).unwrap_or(1));
                Value::Int(old & !mask | new & mask)
            }
            _ => Value::Unknown,
        },
    };
}

const fn is_high_byte(register: Register) -> bool {
    matches!(register, Register::AH | Register::BH | Register::CH | Register::DH)
}

/// The encoding of a general register.
pub(super) fn general_number(register: Register) -> usize {
    register.full_register().number() & 15
}

/// Makes unknown what the instruction writes.
pub(super) fn forget(context: &mut Context<'_>, instruction: &Instruction) {
    let writes = |access| {
        matches!(
            access,
            OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
        )
    };
    let mut factory = context.writes.take().unwrap_or_else(InstructionInfoFactory::new);
    let info = factory.info(instruction);
    for used in info.used_registers().iter().filter(|used| writes(used.access())) {
        if used.register().full_register() == Register::RSP {
            continue;
        }
        write_register(context, used.register(), Value::Unknown);
    }
    if info.used_memory().iter().any(|used| writes(used.access()))
        && (0..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory)
    {
        let at = address(context, instruction);
        let size = instruction.memory_size().size().min(64) as u64;
        for offset in (0..size).step_by(8) {
            let part = u8::try_from((size - offset).min(8)).unwrap_or(8);
            context.store(at.offset(offset), part, Value::Unknown);
        }
    }
    context.writes = Some(factory);
    if instruction.rflags_modified() != 0 {
        context.registers.flags = Flags::default();
    }
}

/// The sum, where one of the two is a number.
pub(super) fn add(left: Value, right: Value) -> Value {
    match (left, right) {
        (value, Value::Int(by)) | (Value::Int(by), value) => value.offset(by),
        _ => Value::Unknown,
    }
}
