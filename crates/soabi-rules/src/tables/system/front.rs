//! Front-coded names: a sorted list in which a name is written as what differs from the name before it.
//!
//! A line is `name rest`, or `N suffix rest`: the first N bytes of the name before it, and the suffix. No name
//! begins with a digit. Every thirty-second name is whole, so that a name is found by bisection of the whole names,
//! and by reading at most thirty-one others. What the rest says, each table knows.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use memchr::{memchr_iter, memchr2};

/// How many names share one that is whole.
const BLOCK: usize = 32;

/// A front-coded list.
#[derive(Clone, Debug)]
pub(super) struct FrontCoded {
    text: &'static str,
    /// Where each whole name begins, in order.
    whole: Vec<usize>,
}

impl FrontCoded {
    /// The list in `text`, after the comments that it begins with.
    pub(super) fn after_comments(text: &'static str) -> Self {
        let is_head = |line: &&str| line.starts_with('#');
        let head: usize = text.split_inclusive('\n').take_while(is_head).map(str::len).sum();
        let text = &text[head..];
        let newlines = memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let is_whole = |at: &usize| text.as_bytes().get(*at).is_some_and(|first| !first.is_ascii_digit());
        Self { text, whole: std::iter::once(0).chain(newlines).filter(is_whole).collect() }
    }

    /// What is said after the name `name`.
    pub(super) fn find(&self, name: &str) -> Option<&'static str> {
        let after = self.whole.partition_point(|&at| self.name_at(at) <= name.as_bytes());
        let first = *self.whole.get(after.checked_sub(1)?)?;
        let end = self.whole.get(after).copied().unwrap_or(self.text.len());
        let mut known = String::with_capacity(64);
        for line in self.text[first..end].lines() {
            let rest = decode(line, &mut known);
            match known.as_str().cmp(name) {
                Ordering::Less => {}
                Ordering::Equal => return Some(rest),
                Ordering::Greater => return None,
            }
        }
        None
    }

    /// The whole name that begins at `at`.
    fn name_at(&self, at: usize) -> &'static [u8] {
        let rest = &self.text.as_bytes()[at..];
        &rest[..memchr2(b' ', b'\n', rest).unwrap_or(rest.len())]
    }

    /// Every name, and what is said after it.
    #[cfg(test)]
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, &'static str)> + use<> {
        let mut known = String::new();
        self.text.lines().map(move |line| {
            let rest = decode(line, &mut known);
            (known.clone(), rest)
        })
    }
}

/// Makes of `known`, the name before, the name of `line`, and gives the rest of it.
fn decode<'a>(line: &'a str, known: &mut String) -> &'a str {
    let line = if line.starts_with(|c: char| c.is_ascii_digit()) {
        let (shared, line) = split(line);
        known.truncate(shared.parse().unwrap_or_default());
        line
    } else {
        known.clear();
        line
    };
    let (suffix, rest) = split(line);
    known.push_str(suffix);
    rest
}

fn split(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// The text of a list, with a newline after each line.
pub(super) fn encode(entries: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut before = "";
    for (index, (name, rest)) in entries.iter().enumerate() {
        let shared = name.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
        if index % BLOCK == 0 || shared < 2 {
            text.push_str(name);
        } else {
            let _ = write!(text, "{shared} {}", &name[shared..]);
        }
        if !rest.is_empty() {
            let _ = write!(text, " {rest}");
        }
        text.push('\n');
        before = name;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn coded(text: String) -> FrontCoded {
        FrontCoded::after_comments(text.leak())
    }

    #[test]
    fn a_suffix_belongs_to_the_name_before() {
        let list = coded("# head\nmem 1\n3 ccpy 2\n3 cpy\nstrlen 3\n".to_owned());
        assert_eq!(list.find("memccpy"), Some("2"));
        assert_eq!(list.find("memcpy"), Some(""));
        assert_eq!(list.find("strlen"), Some("3"));
        for absent in ["", "ccpy", "me", "memc", "memcpyx", "strle", "strlen2", "zz", "#", "3"] {
            assert_eq!(list.find(absent), None, "{absent}");
        }
        assert_eq!(coded(String::new()).find("mem"), None);
    }

    proptest! {
        /// A list says again what was put into it, by reading and by searching.
        #[test]
        fn what_is_encoded_is_found(
            entries in prop::collection::btree_map("[a-c_][a-c0-9_]{0,6}", "([0-9.]{1,4})?", 0..120),
            others in prop::collection::vec("[a-c_0-9]{0,7}", 20),
        ) {
            let list = coded(encode(&entries));
            let read: BTreeMap<String, String> = list.entries().map(|(name, rest)| (name, rest.to_owned())).collect();
            prop_assert_eq!(&read, &entries);
            for name in others.iter().chain(entries.keys()) {
                prop_assert_eq!(list.find(name), entries.get(name).map(String::as_str), "{}", name);
            }
        }
    }
}
