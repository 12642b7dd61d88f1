//! Small texts that several crates make: bytes in hexadecimal, errors with their causes.

use std::error::Error;
use std::fmt::Write;

/// Bytes as hexadecimal digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An error and its causes on one line. A cause that the message before it ends with (a transparent error is its own
/// cause) is not repeated.
pub fn error_text(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_for_each_byte() {
        assert_eq!(hex(&[0, 0x0f, 0xff]), "000fff");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Plain(&'static str, #[source] Option<Box<Plain>>);

    #[test]
    fn causes_follow_and_are_not_repeated() {
        let error = Plain("a", Some(Box::new(Plain("b", Some(Box::new(Plain("b", None)))))));
        assert_eq!(error_text(&error), "a: b");
    }
}
