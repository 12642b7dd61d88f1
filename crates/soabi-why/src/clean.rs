//! Pasted text made ready: escape sequences and the prefixes of logs are blanked, so that a message that is broken over
//! lines is found.

/// How much of a text is read: the end of a log says what ended the program.
pub(crate) const MOST: usize = 1 << 20;

/// How much of a line is read at its beginning, and how much at its end: the search for a message in a line begins anew
/// at each of its places.
const LONGEST_LINE: usize = 4096;

/// The text without what terminals, test runners and logs put into it. Its lines stay where they are.
pub(crate) fn clean(text: &str) -> String {
    let start = text.ceil_char_boundary(text.len().saturating_sub(MOST));
    let mut clean = String::with_capacity(text.len() - start);
    for (number, line) in without_escapes(&text[start..]).split('\n').enumerate() {
        if number > 0 {
            clean.push('\n');
        }
        let line = without_prefix(line.trim_end_matches('\r'));
        let (head, tail) = (line.floor_char_boundary(LONGEST_LINE), line.len().saturating_sub(LONGEST_LINE));
        clean.push_str(&line[..head]);
        // The middle of a line that nobody wrote by hand.
        clean.push_str(&line[line.ceil_char_boundary(tail).max(head)..]);
    }
    clean
}

/// Removes the escape sequences of a terminal: `ESC [ ... letter`, `ESC ] ... BEL`.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\x1b', Some('[')) => {
                chars.next();
                while chars.next_if(|c| !c.is_ascii_alphabetic() && *c != '\n').is_some() {}
                chars.next_if(char::is_ascii_alphabetic);
            }
            ('\x1b', Some(']')) => {
                while chars.next_if(|c| !matches!(c, '\x07' | '\x1b' | '\n')).is_some() {}
                chars.next_if_eq(&'\x07');
            }
            ('\x1b', _) => {}
            (c, _) => plain.push(c),
        }
    }
    plain
}

/// The line without the marks of pytest (`E   `), of quoted mail (`> `), of Docker Compose (`name  | `) and of the logs of
/// a CI service (a time and a space).
fn without_prefix(line: &str) -> &str {
    let mut rest = line;
    if let Some((time, more)) = rest.split_once(' ')
        && time.len() >= 20
        && time.as_bytes()[4] == b'-'
        && time.as_bytes()[10] == b'T'
        && time.ends_with('Z')
    {
        rest = more;
    }
    if let Some((name, more)) = rest.split_once(" | ")
        && !name.is_empty()
        && name.trim_end().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        rest = more;
    }
    for mark in ["E   ", "> "] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::colors("\x1b[31mImportError\x1b[0m: x", "ImportError: x")]
    #[case::title("\x1b]0;spam\x07x", "x")]
    #[case::cut_short("x\x1b[", "x")]
    #[case::pytest("E   ImportError: x\nE   y", "ImportError: x\ny")]
    #[case::docker("celerybeat       | x", "x")]
    #[case::actions("2026-11-26T07:00:00.1234567Z x", "x")]
    #[case::windows("a\r\nb", "a\nb")]
    #[case::table("a b | c", "a b | c")]
    fn what_logs_add(#[case] text: &str, #[case] plain: &str) {
        assert_eq!(clean(text), plain);
    }

    #[test]
    fn the_end_is_read() {
        let text = "\u{e4}\n".repeat(MOST) + "end";
        let clean = clean(&text);
        assert!(clean.len() <= MOST && clean.ends_with("\nend"));
    }

    #[test]
    fn both_ends_of_a_line_are_read() {
        let text = format!("begin{}end", "\u{e4}".repeat(LONGEST_LINE));
        let clean = clean(&text);
        assert!(
            clean.len() <= 2 * LONGEST_LINE
                && clean.starts_with("begin\u{e4}")
                && clean.ends_with("\u{e4}end")
        );
        assert_eq!(super::clean(&"x".repeat(2 * LONGEST_LINE)).len(), 2 * LONGEST_LINE);
    }

    proptest! {
        #[test]
        fn any_text(text in "(?s).{0,200}") {
            prop_assert_eq!(clean(&text).matches('\n').count(), text.matches('\n').count());
        }
    }
}
