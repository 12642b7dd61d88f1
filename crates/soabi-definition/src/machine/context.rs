//! What instructions work on, and where execution goes after each.

use std::rc::Rc;

use iced_x86::InstructionInfoFactory;

use crate::memory::Memory;
use crate::program::Program;
use crate::value::{Flags, ObjectKind, Value};

use super::x86_64_code::Code;

/// A version that no file is made for: `Py_Version`, and the text of `Py_GetVersion`.
const UNLIKE: (u64, &[u8]) = (0x0200_00f0, b"2.0.0 (\0");

/// The registers, and what else a fork has to restore.
#[derive(Clone, Debug)]
pub(crate) struct Registers {
    /// The general registers: x86-64 by their encoding (`rsp` is 4), AArch64 `x0` to `x30`, then `sp`.
    pub(crate) general: [Value; 32],
    /// The vector registers in lanes of 64 bits, the lowest first. What is wider than 256 bits is unknown. Forks share
    /// them until one writes.
    pub(crate) vector: Rc<[[Value; 4]; 32]>,
    pub(crate) flags: Flags,
    /// The register of unknown value that the flags come from, and the number it was compared with.
    pub(crate) compared: Option<(usize, u64)>,
    /// The address of the next instruction.
    pub(crate) pc: u64,
    /// How many calls deep.
    pub(crate) depth: u8,
    /// The end of the allocated heap.
    pub(crate) heap: u64,
    /// Whether a jump on the way here could have gone the other way.
    pub(crate) forked: bool,
}

impl Registers {
    /// Writes a vector register.
    pub(crate) fn set_vector(&mut self, register: usize, lanes: [Value; 4]) {
        if self.vector[register] != lanes {
            Rc::make_mut(&mut self.vector)[register] = lanes;
        }
    }

    pub(crate) fn new(pc: u64) -> Self {
        Self {
            general: [Value::Unknown; 32],
            vector: Rc::new([[Value::Unknown; 4]; 32]),
            flags: Flags::default(),
            compared: None,
            pc,
            depth: 0,
            heap: crate::memory::HEAP,
            forked: false,
        }
    }
}

/// Where execution goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the instruction at this address.
    Next(u64),
    /// To this value.
    Jump(Value),
    /// Into the function at `target`; it returns to `next`.
    Call { target: Value, next: u64 },
    /// To this return address, which has been taken from the stack or the link register.
    Return(Value),
    /// To `taken` or `next`, if it is known which. `equality` says of a jump on equality (true) or on its opposite
    /// that the flags are those of [`Registers::compared`].
    Branch { taken: u64, next: u64, condition: Option<bool>, equality: Option<bool> },
    /// Nowhere: a trap, a system call, bytes that are no instruction.
    End,
}

/// A load or store through an object that an imported function returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObjectAccess {
    /// The address of the instruction.
    pub(crate) at: u64,
    pub(crate) kind: ObjectKind,
    /// The offset of the field.
    pub(crate) offset: i32,
    /// The bytes read or written.
    pub(crate) size: u8,
}

/// What instructions work on.
pub(crate) struct Context<'p> {
    pub(crate) registers: Registers,
    pub(crate) memory: Memory<'p>,
    /// Accesses to the insides of objects, if they are asked for.
    pub(crate) accesses: Option<Vec<ObjectAccess>>,
    /// Features of the processor that instructions needed, if they are asked for.
    pub(crate) needs: Option<crate::cpu::Needs>,
    /// Whether the interpreter's version is taken to be one that no file is made for; otherwise it is unknown.
    pub(crate) interpreter_is_unlike: bool,
    /// Words written by string instructions, to be charged to the budget.
    pub(crate) words: u32,
    /// The code of x86-64 that execution is in.
    pub(super) code: Code<'p>,
    /// What tells the registers and the memory that an instruction of x86-64 writes; made when it is first asked.
    pub(super) writes: Option<InstructionInfoFactory>,
}

impl<'p> Context<'p> {
    /// Nothing is stored, and nothing is asked for.
    pub(crate) fn new(program: &'p Program<'p>, registers: Registers) -> Self {
        Self {
            registers,
            memory: Memory::new(program),
            accesses: None,
            needs: None,
            interpreter_is_unlike: false,
            words: 0,
            code: Code::default(),
            writes: None,
        }
    }

    /// Loads through any value.
    pub(crate) fn load(&mut self, address: Value, size: u8) -> Value {
        match address {
            Value::Int(address) => self.memory.load(address, size),
            Value::Object(ObjectKind::VersionText, offset) if size == 1 && self.interpreter_is_unlike => {
                let byte = usize::try_from(offset).ok().and_then(|offset| UNLIKE.1.get(offset));
                byte.map_or(Value::Unknown, |&byte| Value::Int(byte.into()))
            }
            Value::Object(..) => {
                self.note(address, size);
                Value::Unknown
            }
            Value::Import(symbol, 0)
                if self.interpreter_is_unlike && self.memory.program.symbol_name(symbol) == "Py_Version" =>
            {
                Value::Int(UNLIKE.0).truncate(size)
            }
            Value::Import(symbol, 0) if size == 8 => {
                let name = self.memory.program.symbol_name(symbol);
                if name.starts_with("PyExc_") {
                    Value::Object(ObjectKind::Plain, 0)
                } else if name.starts_with("__stack_chk_guard") {
                    Value::Int(crate::memory::CANARY)
                } else {
                    Value::Unknown
                }
            }
            Value::Import(..) | Value::Unknown => Value::Unknown,
        }
    }

    /// Stores through any value. What is stored at an unknown address is lost.
    pub(crate) fn store(&mut self, address: Value, size: u8, value: Value) {
        match address {
            Value::Int(address) => self.memory.store(address, size, value),
            Value::Object(..) => self.note(address, size),
            Value::Import(..) | Value::Unknown => {}
        }
    }

    fn note(&mut self, address: Value, size: u8) {
        if let (Some(accesses), Value::Object(kind, offset)) = (&mut self.accesses, address) {
            accesses.push(ObjectAccess { at: self.registers.pc, kind, offset, size });
        }
    }
}
