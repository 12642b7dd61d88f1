//! The tables of system libraries: what a platform tag promises, and what those libraries export.
//!
//! They are text in `tables/system/`, written by the example `system_tables` from public packages, and searched
//! where they stand. They know names and versions; what follows for a file is decided in [`resolve`](crate::resolve).

pub mod android;
mod dotted;
mod front;
pub mod glibc;
pub mod libsystem;
pub mod musl;
pub mod policy;
pub mod runtimes;
pub mod windows;

use std::collections::BTreeMap;

pub use dotted::{Dotted, NotDotted};
pub use policy::{Level, Policies};

/// The front-coded text of a list: each name, and what is said after it.
pub fn encode(entries: &BTreeMap<String, String>) -> String {
    front::encode(entries)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::front::FrontCoded;

    const TEXTS: [&str; 7] = [
        include_str!("../../../tables/system/glibc.txt"),
        include_str!("../../../tables/system/libstdcxx.txt"),
        include_str!("../../../tables/system/libsystem.txt"),
        include_str!("../../../tables/system/musl.txt"),
        include_str!("../../../tables/system/policies.txt"),
        include_str!("../../../tables/system/runtimes.txt"),
        include_str!("../../../tables/system/windows.txt"),
    ];

    /// They are a part of every copy of the program.
    #[test]
    fn the_texts_are_small() {
        assert!(TEXTS.iter().map(|text| text.len()).sum::<usize>() < 450_000);
    }

    #[test]
    fn each_text_names_its_source_and_its_day() {
        for text in TEXTS {
            assert!(text.lines().any(|line| line.starts_with("# Source")), "{}", &text[..80]);
            assert!(text.lines().any(|line| line.starts_with("# Read on 2")), "{}", &text[..80]);
        }
    }

    /// A list that is out of order is searched in vain.
    #[rstest]
    #[case::glibc(TEXTS[0])]
    #[case::libstdcxx(TEXTS[1])]
    #[case::libsystem(TEXTS[2])]
    #[case::musl(TEXTS[3])]
    #[case::runtimes(TEXTS[5])]
    fn every_name_is_found(#[case] text: &'static str) {
        let list = FrontCoded::after_comments(text);
        let mut before = String::new();
        for (name, rest) in list.entries() {
            assert!(before < name, "{before} stands before {name}");
            assert_eq!(list.find(&name), Some(rest), "{name}");
            before = name;
        }
    }
}
