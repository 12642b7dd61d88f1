//! What an extension module says about itself, read out of the binary without running it.
//!
//! The init function of a module gives the interpreter a `PyModuleDef`, or slots. This crate finds them by partial
//! execution of the machine code, with the relocations as a second witness, and decodes name, size, methods, slots
//! and the ABI note; it tells the headers and tools that the file was built with. It reads bytes and nothing else:
//! no file is opened, no interpreter is known, and nothing is judged.
//!
//! Time and memory are bounded whatever the bytes are: a budget of instructions for each init function and for each
//! file, and a bounded number of bytes for each structure.

#![forbid(unsafe_code)]

mod built_with;
mod calls;
mod cpu;
mod definition;
mod design;
mod execute;
mod inlined;
mod machine;
mod memory;
mod module;
mod program;
mod python_dll;
mod read;
mod report;
mod runtime_check;
mod scan;
mod slices;
mod toolkit;
mod value;

pub use built_with::BuiltWith;
pub use cpu::{CpuNeed, Level};
pub use definition::{AbiFlag, AbiInfo, HeadClass, Layout, Method, Minimum, Slot, StaticType, TypeSpec};
pub use inlined::InlinedAccess;
pub use read::{Options, read};
pub use report::{Definition, FoundBy, Gil, NoneBecause, Phase, Reading, Subinterpreters};
pub use slices::{Slice, read_slices};
