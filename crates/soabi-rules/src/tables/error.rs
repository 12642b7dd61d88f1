//! The error of every table: a line that cannot be read.

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
