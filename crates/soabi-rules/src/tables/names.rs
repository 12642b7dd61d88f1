//! The names of a table: lines in the order of their first words' bytes.
//!
//! A process looks up some hundred of the thousands of names, so the text is searched in place and nothing else of
//! it is parsed. Each table parses the rest of its lines.

use std::cmp::Ordering;

use memchr::{memchr, memchr2, memrchr};

use super::error::TableError;

/// The lines of a table that begin with a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    table: &'static str,
    text: &'static str,
    /// The number of the first line in its file.
    first: usize,
}

/// A line of a table, split after its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    table: &'static str,
    number: usize,
    pub(super) name: &'static str,
    pub(super) rest: &'static str,
}

impl Names {
    /// The lines of `text` from the first on that `is_head` does not take for a part of the table's head.
    pub(super) fn after_head(
        table: &'static str,
        text: &'static str,
        is_head: impl Fn(&str) -> bool,
    ) -> (impl Iterator<Item = Line>, Self) {
        let head: usize = text.split_inclusive('\n').take_while(|line| is_head(line)).map(str::len).sum();
        let (head, text) = text.split_at(head);
        let lines = move || (1..).zip(head.lines()).map(move |(number, line)| Line::new(table, number, line));
        (lines(), Self { table, text, first: head.lines().count() + 1 })
    }

    /// The name `name`, and the rest of its line.
    pub(super) fn find(self, name: &str) -> Option<(&'static str, &'static str)> {
        if memchr2(b' ', b'\n', name.as_bytes()).is_some() {
            return None;
        }
        let bytes = self.text.as_bytes();
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
            let end = memchr(b'\n', &bytes[middle..high]).map_or(high, |at| middle + at);
            match compare(&bytes[start..end], name.as_bytes()) {
                Ordering::Less => low = end + 1,
                Ordering::Equal => return Some(split(&self.text[start..end])),
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// Every line, or an error where a line is out of order: such a line is not found.
    pub(super) fn lines(self) -> impl Iterator<Item = Result<Line, TableError>> {
        let mut last = "";
        (self.first..).zip(self.text.lines()).map(move |(number, text)| {
            let line = Line::new(self.table, number, text);
            let before = std::mem::replace(&mut last, line.name);
            if before < line.name { Ok(line) } else { Err(line.error("out of order")) }
        })
    }
}

impl Line {
    fn new(table: &'static str, number: usize, text: &'static str) -> Self {
        let (name, rest) = split(text);
        Self { table, number, name, rest }
    }

    pub(super) fn error(self, problem: &'static str) -> TableError {
        let text = format!("{} {}", self.name, self.rest).trim_end().to_owned();
        TableError { table: self.table, line: self.number, problem, text }
    }
}

/// How the name of a line, which ends at its first space, compares with `name`, which has none. A space is less than any
/// character of a name.
fn compare(line: &[u8], name: &[u8]) -> Ordering {
    let length = line.len().min(name.len());
    line[..length].cmp(&name[..length]).then_with(|| match line.get(length) {
        None | Some(b' ') if length == name.len() => Ordering::Equal,
        None => Ordering::Less,
        Some(_) => Ordering::Greater,
    })
}

fn split(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FIVE: &str = "# five names\nA 1\nAa 2\nB data 3\nBcd\n_ 5\n";

    fn names(text: &'static str) -> Names {
        Names::after_head("test", text, |line| line.starts_with('#')).1
    }

    #[rstest]
    #[case::first("A", Some("1"))]
    #[case::begins_as_another("Aa", Some("2"))]
    #[case::more_words("B", Some("data 3"))]
    #[case::name_alone("Bcd", Some(""))]
    #[case::last("_", Some("5"))]
    #[case::before_all("0", None)]
    #[case::after_all("a", None)]
    #[case::between("Ab", None)]
    #[case::half_of_one("Bc", None)]
    #[case::with_more("B data", None)]
    #[case::nothing("", None)]
    #[case::the_head("#", None)]
    fn found(#[case] name: &str, #[case] rest: Option<&str>) {
        let rest = rest.map(|rest| (name, rest));
        assert_eq!(names(FIVE).find(name), rest);
        assert_eq!(names(FIVE.trim_end()).find(name), rest, "without the last newline");
        assert_eq!(names("").find(name), None);
    }

    /// Searching finds exactly what reading finds, for tables of every small size.
    #[test]
    fn all_are_found() {
        let all: Vec<&str> = FIVE.split_inclusive('\n').skip(1).collect();
        for subset in 0..1 << all.len() {
            let kept = |index: &usize| subset >> index & 1 == 1;
            let text: String = (0..all.len()).filter(kept).map(|index| all[index]).collect();
            let names = names(text.leak());
            for line in &all {
                let (name, rest) = split(line.trim_end());
                let read = names.lines().map(Result::unwrap).find(|line| line.name == name);
                assert_eq!(names.find(name), read.map(|line| (name, line.rest)), "{line}");
                assert!(read.is_none_or(|line| line.rest == rest));
            }
        }
    }

    #[rstest]
    #[case::twice("A 1\nA 1", 2)]
    #[case::unsorted("# no names\nB 1\nA 1", 3)]
    #[case::blank("A 1\n\nB 2", 2)]
    fn order_is_checked(#[case] text: &'static str, #[case] line: usize) {
        let error = names(text).lines().find_map(Result::err).unwrap();
        assert_eq!((error.problem, error.line), ("out of order", line));
    }
}
