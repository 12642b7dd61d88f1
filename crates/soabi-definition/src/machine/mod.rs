//! Instruction sets: what one instruction does to the registers, and where execution goes next.
//!
//! A machine executes one instruction and knows neither imports nor Python; [`crate::execute`] does.

pub(crate) mod aarch64;
mod aarch64_bits;
mod aarch64_memory;
mod aarch64_vector;
pub(crate) mod x86_64;
mod x86_64_operands;
mod x86_64_vector;

use soabi_object::{Arch, Format};

use crate::memory::Memory;
use crate::value::{Flags, ObjectKind, Value};

/// Where `return` from the first function goes. No image is there.
pub(crate) const RETURN: u64 = 0x7fff_ffff_f000;

/// The register of a function's result: `rax`, `x0`.
const RESULT: usize = 0;

/// A version that no file is made for: `Py_Version`, and the text of `Py_GetVersion`.
const UNLIKE: (u64, &[u8]) = (0x0200_00f0, b"2.0.0 (\0");

/// The registers, and what else a fork has to restore.
#[derive(Clone, Debug)]
pub(crate) struct Registers {
    /// The general registers: x86-64 by their encoding (`rsp` is 4), AArch64 `x0` to `x30`, then `sp`.
    pub(crate) general: [Value; 32],
    /// The vector registers in lanes of 64 bits, the lowest first. What is wider than 256 bits is unknown.
    pub(crate) vector: [[Value; 4]; 32],
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
    pub(crate) fn new(pc: u64) -> Self {
        Self {
            general: [Value::Unknown; 32],
            vector: [[Value::Unknown; 4]; 32],
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
}

impl Context<'_> {
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

/// The machine and its calling convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// x86-64 with the System V convention.
    X86_64,
    /// x86-64 with the convention of Windows.
    X86_64Windows,
    /// AArch64.
    Aarch64,
}

impl Machine {
    /// The machine that can execute images of this format, if there is one.
    pub(crate) fn of(arch: Arch, format: Format) -> Option<Self> {
        match (arch, format) {
            (Arch::X86_64, Format::Pe) => Some(Self::X86_64Windows),
            (Arch::X86_64, _) => Some(Self::X86_64),
            (Arch::Aarch64, _) => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// Executes the instruction at `pc`.
    pub(crate) fn step(self, context: &mut Context<'_>) -> Step {
        match self {
            Self::X86_64 | Self::X86_64Windows => x86_64::step(context),
            Self::Aarch64 => aarch64::step(context),
        }
    }

    const fn stack_pointer(self) -> usize {
        match self {
            Self::X86_64 | Self::X86_64Windows => 4,
            Self::Aarch64 => aarch64::SP,
        }
    }

    /// Sets up the stack for a function that returns to [`RETURN`].
    pub(crate) fn enter(self, context: &mut Context<'_>) {
        context.registers.general[self.stack_pointer()] = Value::Int(crate::memory::STACK);
        self.set_return(context, RETURN);
    }

    /// Notes where the function about to be entered returns to.
    pub(crate) fn set_return(self, context: &mut Context<'_>, to: u64) {
        match self {
            Self::X86_64 | Self::X86_64Windows => x86_64::push(context, Value::Int(to)),
            Self::Aarch64 => context.registers.general[aarch64::LINK] = Value::Int(to),
        }
    }

    /// Takes back [`Self::set_return`], as the return of the function does, and tells the address.
    pub(crate) fn take_return(self, context: &mut Context<'_>) -> Value {
        match self {
            Self::X86_64 | Self::X86_64Windows => x86_64::pop(context),
            Self::Aarch64 => context.registers.general[aarch64::LINK],
        }
    }

    /// The argument `index` of a function whose first instruction is next.
    pub(crate) fn argument(self, context: &Context<'_>, index: usize) -> Value {
        let registers: &[usize] = match self {
            Self::X86_64 => &[7, 6, 2, 1, 8, 9],
            Self::X86_64Windows => &[1, 2, 8, 9],
            Self::Aarch64 => &[0, 1, 2, 3, 4, 5, 6, 7],
        };
        if let Some(&register) = registers.get(index) {
            return context.registers.general[register];
        }
        let skipped: usize = match self {
            // The return address and, on Windows, the room for the four arguments in registers.
            Self::X86_64 => 8,
            Self::X86_64Windows => 8 + 32,
            Self::Aarch64 => 0,
        };
        let Value::Int(stack) = context.registers.general[self.stack_pointer()] else {
            return Value::Unknown;
        };
        let offset = skipped + (index - registers.len()) * 8;
        context.memory.load(stack.wrapping_add(offset as u64), 8)
    }

    /// The first variable arguments of a function whose first instruction is next, where they are not passed as
    /// the others are: on the stack (Apple's AArch64).
    pub(crate) fn variadic_arguments(self, context: &Context<'_>) -> Option<[Value; 2]> {
        if self != Self::Aarch64 || context.memory.program.format() != Format::MachO {
            return None;
        }
        let Value::Int(stack) = context.registers.general[aarch64::SP] else { return None };
        Some([0, 8].map(|offset| context.memory.load(stack.wrapping_add(offset), 8)))
    }

    /// Sets the argument `index`, which is passed in a register.
    pub(crate) fn set_argument(self, context: &mut Context<'_>, index: usize, value: Value) {
        let registers: &[usize] = match self {
            Self::X86_64 => &[7, 6, 2, 1],
            Self::X86_64Windows => &[1, 2, 8, 9],
            Self::Aarch64 => &[0, 1, 2, 3],
        };
        if let Some(&register) = registers.get(index) {
            context.registers.general[register] = value;
        }
    }

    /// What the function that has just returned returned.
    pub(crate) fn result(context: &Context<'_>) -> Value {
        context.registers.general[RESULT]
    }

    /// Forgets the registers that a function may change, and sets its result.
    pub(crate) fn return_from_call(self, context: &mut Context<'_>, result: Value) {
        let registers = &mut context.registers;
        let (general, vector): (&[usize], &[usize]) = match self {
            Self::X86_64 => {
                (&[0, 1, 2, 6, 7, 8, 9, 10, 11], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
            }
            Self::X86_64Windows => (&[0, 1, 2, 8, 9, 10, 11], &[0, 1, 2, 3, 4, 5]),
            Self::Aarch64 => (
                &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
                &[0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31],
            ),
        };
        for &register in general {
            registers.general[register] = Value::Unknown;
        }
        for &register in vector {
            registers.vector[register] = [Value::Unknown; 4];
        }
        registers.flags = Flags::default();
        registers.general[RESULT] = result;
    }
}
