//! Column files: `tables/exports/<abi>-<release>.txt`, the exports of one release of one interpreter.
//!
//! ```text
//! # measured: libpython3.13.so.1.0 of pyenv's CPython 3.13.0, on 2026-11-26
//! PY_TIMEOUT_MAX data
//! PyAIter_Check
//! ```
//!
//! The head says how the exports are known and where they come from. The names follow in the order of their
//! bytes, each with `data` if it is no function. Init functions are not among them: they belong to the built-in
//! modules that one distributor compiles in and another does not.
//!
//! The build script of this crate compiles this file too. It reads no files: that is the caller's.

use std::collections::BTreeMap;
use std::fmt;

use super::axis::{Column, Provenance};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A function. The dynamic linker may bind it late.
    Function,
    /// Data. It is bound when the file is opened, or the file is refused.
    Data,
}

/// A column file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnFile {
    /// The interpreter, and how its exports are known.
    pub column: Column,
    /// Where the exports come from: the file, its builder, the date.
    pub origin: String,
    /// The exported names.
    pub names: BTreeMap<String, Kind>,
}

/// A column file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("exports/{stem}.txt, line {line}: {problem}")]
pub struct ColumnFileError {
    /// The stem of the file.
    pub stem: String,
    /// The line's number, from 1; 0 for the file's name.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl ColumnFile {
    /// The file of `column` with these exports. Init functions are left out.
    pub fn new(column: Column, origin: String, exports: impl IntoIterator<Item = (String, Kind)>) -> Self {
        Self { column, origin, names: exports.into_iter().filter(|(name, _)| !is_init(name)).collect() }
    }

    /// Reads the file `{stem}.txt` with the given text.
    pub fn parse(stem: &str, text: &str) -> Result<Self, ColumnFileError> {
        let error = |line, problem| ColumnFileError { stem: stem.to_owned(), line, problem };
        let (abi, release) = Column::parse_stem(stem)
            .ok_or_else(|| error(0, "the name is not an ABI and a release such as `cp313-3.13.0`"))?;
        let (head, names) = text.split_once('\n').unwrap_or((text, ""));
        let (provenance, origin) =
            parse_head(head).ok_or_else(|| error(1, "not `# measured: ORIGIN` or `# derived: ORIGIN`"))?;
        let mut file = Self {
            column: Column { abi, release, provenance },
            origin: origin.to_owned(),
            names: BTreeMap::new(),
        };
        for (number, line) in (2..).zip(names.lines()) {
            let (name, kind) = match line.split_once(' ') {
                None => (line, Kind::Function),
                Some((name, "data")) => (name, Kind::Data),
                Some(_) => return Err(error(number, "not a name, or a name and `data`")),
            };
            if name.is_empty() || is_init(name) {
                return Err(error(number, "not an exported name"));
            }
            if file.names.last_key_value().is_some_and(|(last, _)| last.as_str() >= name) {
                return Err(error(number, "out of order"));
            }
            file.names.insert(name.to_owned(), kind);
        }
        if file.names.is_empty() {
            return Err(error(2, "no names"));
        }
        Ok(file)
    }
}

/// The text of the file.
impl fmt::Display for ColumnFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}: {}", self.column.provenance.as_str(), self.origin)?;
        for (name, kind) in &self.names {
            let data = if *kind == Kind::Data { " data" } else { "" };
            writeln!(f, "{name}{data}")?;
        }
        Ok(())
    }
}

fn parse_head(line: &str) -> Option<(Provenance, &str)> {
    let (word, origin) = line.strip_prefix("# ")?.split_once(": ")?;
    let provenance = Provenance::ALL.into_iter().find(|known| known.as_str() == word)?;
    (!origin.trim().is_empty()).then_some((provenance, origin))
}

/// Whether a name is that of an init function: `PyInit_spam`, and `initspam` of Python 2.
fn is_init(name: &str) -> bool {
    name.starts_with("PyInit_") || name.starts_with("init")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn text_and_back() {
        let column = "cp313 3.13.0 measured".parse().unwrap();
        let exports = [("_Py_A", Kind::Data), ("PyInit_x", Kind::Function), ("PyB", Kind::Function)];
        let exports = exports.map(|(name, kind)| (name.to_owned(), kind));
        let file = ColumnFile::new(column, "a library".to_owned(), exports);
        let text = "# measured: a library\nPyB\n_Py_A data\n";
        assert_eq!(file.to_string(), text);
        assert_eq!(ColumnFile::parse("cp313-3.13.0", text), Ok(file));
    }

    #[rstest]
    #[case::stem("cp313", "# measured: x\nPyA\n", 0)]
    #[case::empty("cp313-3.13.0", "", 1)]
    #[case::no_head("cp313-3.13.0", "PyA\n", 1)]
    #[case::unknown_provenance("cp313-3.13.0", "# guessed: x\nPyA\n", 1)]
    #[case::no_origin("cp313-3.13.0", "# measured: \nPyA\n", 1)]
    #[case::no_names("cp313-3.13.0", "# measured: x\n", 2)]
    #[case::empty_line("cp313-3.13.0", "# measured: x\nPyA\n\nPyB\n", 3)]
    #[case::unknown_kind("cp313-3.13.0", "# measured: x\nPyA code\n", 2)]
    #[case::unsorted("cp313-3.13.0", "# measured: x\nPyB\nPyA\n", 3)]
    #[case::repeated("cp313-3.13.0", "# measured: x\nPyA\nPyA data\n", 3)]
    #[case::init_function("cp313-3.13.0", "# measured: x\nPyInit_x\n", 2)]
    fn mistakes(#[case] stem: &str, #[case] text: &str, #[case] line: usize) {
        assert_eq!(ColumnFile::parse(stem, text).unwrap_err().line, line);
    }
}
