//! Instruction sets: what one instruction does to the registers, and where execution goes next.
//!
//! A machine executes one instruction and knows neither imports nor Python; [`crate::execute`] does.

pub(crate) mod aarch64;
mod aarch64_bits;
mod aarch64_memory;
mod aarch64_vector;
mod context;
pub(crate) mod x86_64;
mod x86_64_code;
mod x86_64_operands;
mod x86_64_vector;

use soabi_object::{Arch, Format};

use crate::value::{Flags, Value};

pub(crate) use context::{Context, ObjectAccess, Registers, Step};

/// Where `return` from the first function goes. No image is there.
pub(crate) const RETURN: u64 = 0x7fff_ffff_f000;

/// The register of a function's result: `rax`, `x0`.
const RESULT: usize = 0;

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
            registers.set_vector(register, [Value::Unknown; 4]);
        }
        registers.flags = Flags::default();
        registers.general[RESULT] = result;
    }
}
