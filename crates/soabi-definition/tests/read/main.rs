//! Definitions read out of shared objects from the C compiler of the machine, x86-64 Linux.
//!
//! The specimens declare the structures of CPython's headers themselves, so that every layout and every version can
//! be built without an interpreter.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "some tests compile what they read")]
#![expect(clippy::unwrap_used, reason = "a test that cannot make its file has failed")]

mod aarch64;
mod built_with;
mod cost;
mod definitions;
mod design;
mod headers;
mod inlined;
mod specimen;
