//! Digests as names.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The first half of a digest, in hexadecimal digits: enough that no two names meet.
pub(crate) fn name(digest: Sha256) -> String {
    digest.finalize()[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
