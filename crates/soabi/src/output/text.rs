//! Small texts that all formats make.

use soabi_core::foreign::escape_json;

/// A report as JSON, with a newline at the end. What a terminal or a CI service would not print as it is, is escaped.
pub(crate) fn json(report: &impl serde::Serialize) -> String {
    let mut text = escape_json(&serde_json::to_string_pretty(report).unwrap_or_default());
    text.push('\n');
    text
}

/// A report as JSON on one line.
pub(crate) fn json_line(report: &impl serde::Serialize) -> String {
    let mut text = escape_json(&serde_json::to_string(report).unwrap_or_default());
    text.push('\n');
    text
}

/// `1 cell`, `2 cells`.
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("{number} {what}") } else { format!("{number} {what}s") }
}

/// A text without its end, if a name makes it longer than anything that people read.
pub(crate) fn bounded(text: &str) -> String {
    const MOST: usize = 2000;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} ... ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
