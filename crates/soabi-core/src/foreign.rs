//! Foreign text: names and messages that come from a file, a module under test, or an interpreter.
//!
//! Such text may hold anything: escape sequences of a terminal, a line break, characters that reverse the direction
//! of the text around them, and the workflow commands of a CI service, which reads them out of a job's log. It is
//! shown through [`Foreign`], which writes one harmless line:
//!
//! - control characters, format characters (bidi controls, zero-width characters) and line separators as `\n`,
//!   `\x1b`, `\u{202e}`;
//! - bytes that are not UTF-8 as `\xff`;
//! - `::` as `:\x3a` and `##` as `#\x23`, so that no line, however it is cut, is a command for GitHub Actions
//!   (`::error::`, `##[error]`), Azure Pipelines (`##vso[`) or `TeamCity` (`##teamcity[`). The sections of GitLab
//!   need an escape character.
//!
//! Backslashes are kept, so that paths of Windows stay legible and text that is escaped already does not change. The
//! escaped form is for reading: the original is in the JSON reports.
//!
//! Sources: `ActionCommand.TryParse` and `TryParseV2` of GitHub's runner; "Logging commands" of Azure Pipelines;
//! Unicode's `Default_Ignorable_Code_Point`.

use std::fmt::{self, Write};

/// Text that is displayed escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign<'a>(&'a [u8]);

impl<'a> Foreign<'a> {
    /// Text from outside.
    pub fn new(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self(text.as_ref())
    }
}

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut escaper = Escaper::default();
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                escaper.write(f, c)?;
            }
            escaper = if chunk.invalid().is_empty() { escaper } else { Escaper::default() };
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

/// Escapes one line that is written in several parts. A command is recognized across the parts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Escaper {
    /// The last character, if it was written as it is.
    last: Option<char>,
}

impl Escaper {
    /// Writes a character, escaped where it has to be.
    pub fn write(&mut self, out: &mut impl Write, c: char) -> fmt::Result {
        let starts_command = matches!(c, ':' | '#') && self.last == Some(c);
        let plain = !starts_command && is_shown(c);
        self.last = plain.then_some(c);
        match c {
            _ if plain => out.write_char(c),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\0'..='\x7f' => write!(out, "\\x{:02x}", u32::from(c)),
            _ => write!(out, "\\u{{{:x}}}", u32::from(c)),
        }
    }

    /// Writes a part of the line.
    pub fn write_all(&mut self, out: &mut impl Write, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.write(out, c))
    }
}

/// Whether a character is seen where it stands and changes nothing around it.
///
/// The standard library knows the general categories: it escapes controls, format characters, separators other than
/// the space, surrogates, and what is private or unassigned. Some characters of other categories are invisible too.
pub fn is_shown(c: char) -> bool {
    if c.is_ascii() {
        return c == ' ' || c.is_ascii_graphic();
    }
    // Behind a letter, so that combining marks, which many scripts need, are shown.
    let mut pair = [b'a'; 5];
    let length = c.encode_utf8(&mut pair[1..]).len();
    let pair = std::str::from_utf8(&pair[..=length]).unwrap_or_default();
    pair.escape_debug().eq(pair.chars()) && !is_ignorable(c)
}

/// The characters of `Default_Ignorable_Code_Point` that are letters or marks, and the empty Braille pattern.
const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Bytes as text: those that are not UTF-8 as `\xff`, the rest unchanged. Unlike the replacement character this keeps
/// different names different.
pub fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Text whose line breaks are meant, such as an error that quotes a file: each line as [`Foreign`] shows it.
pub fn lines(text: &str) -> String {
    text.split('\n').map(|line| Foreign::new(line).to_string()).collect::<Vec<_>>().join("\n")
}

/// A JSON document with everything escaped in it that [`Foreign`] would escape but `::`, which inside of a JSON string
/// never begins a line. The values stay equal.
///
/// Outside of its strings a JSON document has neither `#` nor characters beyond ASCII, so that only strings change.
pub fn escape_json(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    let mut last = ' ';
    for c in document.chars() {
        let is_layout = matches!(c, '\n' | '\t' | '\r');
        if !is_layout && (!is_shown(c) || (c, last) == ('#', '#')) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
            last = ' ';
        } else {
            escaped.push(c);
            last = c;
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_name("spam/_spam.abi3.so", "spam/_spam.abi3.so")]
    #[case::letters("s\u{e4}t\u{fc}/\u{4e2d}\u{6587}.so", "s\u{e4}t\u{fc}/\u{4e2d}\u{6587}.so")]
    #[case::combining_marks("e\u{301}", "e\u{301}")]
    #[case::a_path_of_windows("C:\\new\\x.pyd", "C:\\new\\x.pyd")]
    #[case::escape_sequence("\x1b]0;x\x07", "\\x1b]0;x\\x07")]
    #[case::line_breaks("a\r\nb\u{2028}c\u{85}d", "a\\r\\nb\\u{2028}c\\u{85}d")]
    #[case::nul_and_delete("\0\x7f", "\\x00\\x7f")]
    #[case::c1("\u{9b}2J", "\\u{9b}2J")]
    #[case::bidi("\u{202e}os.so", "\\u{202e}os.so")]
    #[case::zero_width("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}")]
    #[case::variation_selector("a\u{fe0f}", "a\\u{fe0f}")]
    #[case::no_break_space("a\u{a0}b", "a\\u{a0}b")]
    #[case::github_command("::error::x", ":\\x3aerror:\\x3ax")]
    #[case::azure_command("##vso[task]", "#\\x23vso[task]")]
    #[case::one_of_each("a: #b", "a: #b")]
    #[case::three_colons(":::", ":\\x3a:")]
    fn escapes(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Foreign::new(text).to_string(), shown);
    }

    #[test]
    fn invalid_bytes_are_shown() {
        assert_eq!(Foreign::new(b"sp\xe4m.so").to_string(), "sp\\xe4m.so");
        assert_eq!(from_bytes(b"sp\xe4m\xff\n"), "sp\\xe4m\\xff\n");
        assert_eq!(Foreign::new(b":\xff:").to_string(), ":\\xff:");
    }

    /// Every character that Unicode's "Bidirectional Algorithm" calls an explicit formatting character or a mark.
    #[test]
    fn no_bidi_control_is_shown() {
        let controls = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for c in controls.chain(['\u{61c}', '\u{200e}', '\u{200f}']) {
            assert!(!is_shown(c), "{c:?}");
        }
    }

    #[test]
    fn a_command_in_two_parts() {
        let (mut line, mut escaper) = (String::new(), Escaper::default());
        for part in ["  :", ":error", ":", ":x"] {
            escaper.write_all(&mut line, part).unwrap();
        }
        assert_eq!(line, "  :\\x3aerror:\\x3ax");
    }

    #[test]
    fn json_stays_equal() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}2J\x7f", "##[error]", "\u{e0001}", "\u{e4}"] });
        let document = escape_json(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&document).unwrap(), value);
        assert!(
            document.contains("\"#\\u0023[error]\"") && document.contains("\\udb40\\udc01"),
            "{document}"
        );
        assert!(document.chars().all(|c| c == '\n' || is_shown(c)), "{document}");
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_shown(text in any::<String>()) {
            let shown = Foreign::new(&text).to_string();
            prop_assert!(shown.chars().all(is_shown), "{shown:?}");
            prop_assert!(!shown.contains("::") && !shown.contains("##"), "{shown:?}");
            prop_assert_eq!(Foreign::new(&shown).to_string(), shown, "escaped text does not change");
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let shown = Foreign::new(&bytes).to_string();
            prop_assert!(shown.chars().all(is_shown), "{shown:?}");
            prop_assert!(!shown.contains("::") && !shown.contains("##"), "{shown:?}");
        }

        #[test]
        fn json_values_stay_equal(text in any::<String>()) {
            let document = escape_json(&serde_json::to_string(&text).unwrap());
            prop_assert!(document.chars().all(is_shown));
            prop_assert!(!document.contains("##"));
            prop_assert_eq!(serde_json::from_str::<String>(&document).unwrap(), text);
        }
    }
}
