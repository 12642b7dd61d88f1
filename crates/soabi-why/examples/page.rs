//! `just why`: writes `docs/why.md` from the kinds of messages.

#![expect(clippy::disallowed_methods, reason = "a tool that writes a file; the crate does not")]

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/why.md"), soabi_why::index())
}
