//! Python source as tokens: names, texts, marks, and the ends of lines that end a statement.

/// A token. Numbers are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or a keyword.
    Name(&'a str),
    /// What stands between quotes, escapes as they are written.
    Text(&'a str),
    /// A character that is none of the others.
    Mark(u8),
    /// The end of a line outside brackets.
    Newline,
}

/// The tokens of a text.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// How many brackets are open.
    depth: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Moves on while `take` holds, and gives what was passed. Bytes of characters beyond ASCII count as letters.
    fn take(&mut self, take: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.byte(self.at).is_some_and(&take) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The text whose first quote is here.
    fn quoted(&mut self, quote: u8) -> Token<'a> {
        let triple = self.byte(self.at + 1) == Some(quote) && self.byte(self.at + 2) == Some(quote);
        let width = if triple { 3 } else { 1 };
        self.at += width;
        let start = self.at;
        let closes = |at: usize| (0..width).all(|offset| self.byte(at + offset) == Some(quote));
        let mut end = start;
        loop {
            match self.byte(end) {
                None => break,
                Some(b'\n') if !triple => break,
                Some(b'\\') => end += 2,
                Some(_) if closes(end) => break,
                Some(_) => end += 1,
            }
        }
        let end = end.min(self.text.len());
        self.at = if closes(end) { end + width } else { end };
        Token::Text(self.text.get(start..end).unwrap_or_default())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = self.byte(self.at)?;
            match byte {
                b'\n' => {
                    self.at += 1;
                    if self.depth == 0 {
                        return Some(Token::Newline);
                    }
                }
                // A line that ends with a backslash goes on; nothing else is escaped outside texts.
                b'\\' => {
                    let rest = &self.text.as_bytes()[self.at + 1..];
                    self.at += if rest.starts_with(b"\r\n") {
                        3
                    } else if rest.starts_with(b"\n") {
                        2
                    } else {
                        1
                    };
                }
                b'#' => {
                    self.take(|byte| byte != b'\n');
                }
                b'\'' | b'"' => return Some(self.quoted(byte)),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                    let name = self.take(|byte| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80);
                    let prefix = name.len() <= 2 && name.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte));
                    if !(prefix && matches!(self.byte(self.at), Some(b'\'' | b'"'))) {
                        return Some(Token::Name(name));
                    }
                }
                b'0'..=b'9' => {
                    self.take(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
                }
                b' ' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                mark => {
                    self.at += 1;
                    match mark {
                        b'(' | b'[' | b'{' => self.depth += 1,
                        b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    return Some(Token::Mark(mark));
                }
            }
        }
    }
}
