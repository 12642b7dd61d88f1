//! What soabi reads in files and wheels that were made for the purpose.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "some tests compile what they read")]
#![expect(clippy::unwrap_used, reason = "a test that cannot make its file has failed")]

mod budget;
mod compiled;
mod elf;
mod file;
mod hostile;
mod image;
mod macho;
mod pe;
mod specimen;
mod wasm;
