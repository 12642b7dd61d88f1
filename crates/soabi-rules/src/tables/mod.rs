//! The tables: what each interpreter exports, what the stable ABI promises.
//!
//! They are text in `tables/`, made by `just tables`, read by people in diffs, and by this module where a name
//! is asked for. They know measured facts and the words of CPython's own manifest; what follows from them for a
//! file is not decided here.

pub mod axis;
pub mod exports;
mod names;
pub mod stable_abi;
pub mod system;
pub mod write;

pub use axis::{Column, Columns, Exported, Release, Source};
pub use exports::{ExportTable, Kind, Symbol};
pub use stable_abi::{StableAbi, StableSymbol};

/// The id of the tables in this build: the first twelve digits of the SHA-256 of their texts.
///
/// Two reports with the same id were judged by the same facts. A test holds the id against the texts.
pub fn id() -> &'static str {
    include_str!("../../tables/id.txt").trim_end()
}

/// A line of a table that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the {table} table: {problem}: `{text}`")]
pub struct TableError {
    /// The table's name: the stem of its file.
    pub table: &'static str,
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
    /// The line.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    /// They are a part of every copy of the program.
    #[test]
    fn the_texts_are_small() {
        assert!(super::exports::TEXT.len() + super::stable_abi::TEXT.len() < 180_000);
    }

    /// Whoever changes a table by hand is told to run `just tables`, which writes the id.
    #[test]
    fn the_id_is_the_hash_of_the_texts() {
        let texts = [super::exports::TEXT, super::stable_abi::TEXT];
        assert_eq!(super::id(), super::write::id_of(texts, |bytes| Sha256::digest(bytes).to_vec()));
    }
}
