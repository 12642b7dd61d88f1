//! Shims of version managers: scripts that start the interpreter which the current folder asks for.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The managers whose shims are scripts.
const MANAGERS: [&str; 2] = ["pyenv", "asdf"];

/// How much of a script is read. Shims have a few lines.
const HEAD: u64 = 2048;

/// Whether the file is a script that hands over to a version manager. When none of the manager's versions
/// has that name, the shim fails, and there is no interpreter to speak of.
pub(crate) fn is_shim(path: &Path) -> bool {
    let mut head = Vec::new();
    if File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).is_err() {
        return false;
    }
    let script = String::from_utf8_lossy(&head);
    let hands_over =
        |line: &str| line.starts_with("exec ") && MANAGERS.iter().any(|name| line.contains(name));
    script.starts_with("#!") && script.lines().any(hands_over)
}
