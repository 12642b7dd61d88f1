//! Column files, merged into the one text that [`super::exports`] searches.
//!
//! The build script of this crate compiles this file too; it is what runs it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::axis::Columns;
use super::column::{ColumnFile, Kind};

/// Column files that make no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MergeError {
    /// There are more than a set can hold.
    #[error("{0} columns: the export table can have {limit}", limit = Columns::LIMIT)]
    TooMany(usize),
    /// Two of them are the same release.
    #[error("two columns for {0}")]
    Repeated(String),
}

/// The text of the table: a line `python ABI RELEASE PROVENANCE` per column, CPython before PyPy and the oldest
/// first; then every name in the order of its bytes, with `data` if it is no function in the newest interpreter
/// that has it, and the set of its columns.
pub(super) fn merge(mut files: Vec<ColumnFile>) -> Result<String, MergeError> {
    files.sort_by_key(|file| (file.column.cpython().is_none(), file.column.abi, file.column.release));
    let too_many = MergeError::TooMany(files.len());
    let mut text = String::new();
    let mut names: BTreeMap<&str, (Kind, Vec<usize>)> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let stem = file.column.stem();
        if index > 0 && files[index - 1].column.stem() == stem {
            return Err(MergeError::Repeated(stem));
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "python {}", file.column);
        for (name, kind) in &file.names {
            let (newest, columns) = names.entry(name).or_insert((*kind, Vec::new()));
            *newest = *kind;
            columns.push(index);
        }
    }
    for (name, (kind, columns)) in names {
        let Some(columns) = Columns::of(columns) else { return Err(too_many) };
        let data = if kind == Kind::Data { "data " } else { "" };
        let _ = writeln!(text, "{name} {data}{columns:x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::axis::{Column, Provenance, Release};
    use crate::tables::exports::ExportTable;
    use proptest::prelude::*;
    use soabi_core::{AbiTag, PyVersion};

    fn file(line: &str, names: &[(&str, Kind)]) -> ColumnFile {
        let names = names.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
        ColumnFile::new(line.parse().unwrap(), "a test".to_owned(), names)
    }

    #[test]
    fn columns_and_names_in_order() {
        let files = vec![
            file("pypy311_pp73 7.3.19 measured", &[("PyPyB", Kind::Function)]),
            file("cp313 3.13.18 measured", &[("PyA", Kind::Data), ("PyB", Kind::Function)]),
            file("cp313t 3.13.15 derived", &[("PyB", Kind::Function)]),
            file("cp313 3.13.0 measured", &[("PyA", Kind::Function), ("PyB", Kind::Function)]),
        ];
        let expected = "python cp313 3.13.0 measured\npython cp313 3.13.18 measured\n\
                        python cp313t 3.13.15 derived\npython pypy311_pp73 7.3.19 measured\n\
                        PyA data 3\nPyB 7\nPyPyB 8\n";
        assert_eq!(merge(files).unwrap(), expected);
    }

    /// One release of 3.13 for each patch level.
    fn releases(names: &[Vec<String>]) -> Vec<ColumnFile> {
        let file = |(patch, names): (u8, &Vec<String>)| {
            let abi: AbiTag = "cp313".parse().unwrap();
            let release = Release { feature: PyVersion::new(3, 13), patch };
            let column = Column { abi, release, provenance: Provenance::Measured };
            ColumnFile::new(
                column,
                "a test".to_owned(),
                names.iter().map(|name| (name.clone(), Kind::Function)),
            )
        };
        (0..).zip(names).map(file).collect()
    }

    #[test]
    fn limits() {
        let names = vec![vec!["PyA".to_owned()]; Columns::LIMIT + 1];
        let table = merge(releases(&names[1..])).unwrap();
        assert!(table.ends_with(&format!("\nPyA {}\n", "f".repeat(Columns::LIMIT / 4))));
        assert_eq!(merge(releases(&names)), Err(MergeError::TooMany(Columns::LIMIT + 1)));
        let twice = [releases(&names[..2]), releases(&names[..1])].concat();
        assert_eq!(merge(twice), Err(MergeError::Repeated("cp313-3.13.0".to_owned())));
    }

    proptest! {
        /// The table says of each column what its file says, for as many columns as there may be.
        #[test]
        fn nothing_is_lost(
            names in prop::collection::vec(prop::collection::vec("_?Py[A-C]{1,2}", 1..6), 1..=Columns::LIMIT)
        ) {
            let files = releases(&names);
            let text = merge(files.clone()).unwrap();
            let table = ExportTable::parse(text.leak()).unwrap();
            prop_assert_eq!(table.columns().len(), files.len());
            for symbol in table.symbols() {
                prop_assert_eq!(table.symbol(symbol.name), Some(symbol));
                for (index, file) in files.iter().enumerate() {
                    prop_assert_eq!(symbol.exported_by.contains(index), file.names.contains_key(symbol.name));
                }
            }
            for name in files.iter().flat_map(|file| file.names.keys()) {
                prop_assert!(table.symbol(name).is_some());
            }
        }
    }
}
