//! What soabi reads in files and wheels that were made for the purpose.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its file has failed")]

mod compiled;
mod elf;
mod hostile;
mod macho;
mod pe;
mod specimen;
