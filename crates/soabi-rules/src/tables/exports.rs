//! The names that each interpreter's shared library exports on Linux x86-64.
//!
//! The facts are in `tables/exports/`, one file per release ([`super::column`]). The build script merges them into
//! one text with a line per name, which is searched in place: nothing but its head is read at the start.

use std::sync::OnceLock;

use soabi_core::AbiTag;

use super::axis::{Column, Columns, Release};
use super::column::Kind;
use super::error::TableError;
use super::names::Names;

/// The table's text.
pub(super) const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/exports.txt"));

/// A name that at least one interpreter exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: &'static str,
    /// What it stands for, in the newest interpreter that has it.
    pub kind: Kind,
    /// The columns whose interpreter exports it.
    pub exported_by: Columns,
}

/// The table. Its axis is read at the start, its names are searched in the text.
#[derive(Debug)]
pub struct ExportTable {
    columns: Vec<Column>,
    names: Names,
}

impl ExportTable {
    /// The table of this build.
    #[expect(clippy::missing_panics_doc, reason = "the text is a part of the program, and a test reads it")]
    pub fn get() -> &'static Self {
        static TABLE: OnceLock<ExportTable> = OnceLock::new();
        TABLE.get_or_init(|| Self::parse(TEXT).unwrap_or_else(|error| panic!("{error}")))
    }

    /// Reads the head of a text that [`merge`](super::merge) made.
    pub(super) fn parse(text: &'static str) -> Result<Self, TableError> {
        let (axis, names) = Names::after_head("exports", text, |line| line.starts_with("python "));
        let mut columns = Vec::new();
        for line in axis {
            if columns.len() == Columns::LIMIT {
                return Err(line.error("too many columns"));
            }
            columns.push(line.rest.parse().map_err(|_| line.error("not a column"))?);
        }
        Ok(Self { columns, names })
    }

    /// The interpreters of the table, CPython before PyPy, the oldest first.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The ABIs of those interpreters, each once, in the same order.
    pub fn abis(&self) -> Vec<AbiTag> {
        let mut abis: Vec<AbiTag> = self.columns.iter().map(|column| column.abi).collect();
        abis.dedup();
        abis
    }

    /// Every name, in the order of their bytes. This reads all of the text.
    #[expect(clippy::missing_panics_doc, reason = "the text is a part of the program, and a test reads it")]
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.read().map(|symbol| symbol.unwrap_or_else(|error| panic!("{error}")))
    }

    /// Every name, or what is wrong with its line.
    pub(super) fn read(&self) -> impl Iterator<Item = Result<Symbol, TableError>> + '_ {
        self.names.lines().map(|line| {
            let line = line?;
            self.symbol_of(line.name, line.rest).ok_or_else(|| line.error("not a set of columns"))
        })
    }

    fn symbol_of(&self, name: &'static str, rest: &str) -> Option<Symbol> {
        let (kind, set) = match rest.strip_prefix("data ") {
            Some(set) => (Kind::Data, set),
            None => (Kind::Function, rest),
        };
        Some(Symbol { name, kind, exported_by: Columns::parse(set, self.columns.len())? })
    }

    /// The name `name`, if any interpreter exports it.
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        let (name, rest) = self.names.find(name)?;
        self.symbol_of(name, rest)
    }

    /// The columns for interpreters with the ABI `abi`: all of that ABI; with a `release`, the nearest ones before
    /// and after it. Empty for an ABI without a column.
    pub fn columns_for(&self, abi: AbiTag, release: Option<Release>) -> Columns {
        let releases = || self.columns.iter().filter(|column| column.abi == abi).map(|column| column.release);
        let nearest = release.map(|release| {
            let before = releases().filter(|known| *known <= release).max();
            let after = releases().filter(|known| *known >= release).min();
            [before, after]
        });
        let belongs = |column: &Column| {
            column.abi == abi && nearest.is_none_or(|nearest| nearest.contains(&Some(column.release)))
        };
        let columns = self.columns.iter().enumerate().filter(|(_, column)| belongs(column));
        // The axis has no more columns than a set can hold.
        Columns::of(columns.map(|(index, _)| index)).unwrap_or_default()
    }

    /// The releases in `columns`, in the order of the axis.
    pub fn releases(&self, columns: Columns) -> impl Iterator<Item = Release> + '_ {
        let columns_in = self.columns.iter().enumerate().filter(move |(index, _)| columns.contains(*index));
        columns_in.map(|(_, column)| column.release)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::tables::Exported;

    fn exported(name: &str, abi: &str, release: Option<&str>) -> Exported {
        let table = ExportTable::get();
        let release = release.map(|text| text.parse().unwrap());
        let exported_by = table.symbol(name).map(|symbol| symbol.exported_by).unwrap_or_default();
        exported_by.according_to(table.columns_for(abi.parse().unwrap(), release))
    }

    /// Facts from the headers and the changelogs, not from the table.
    #[rstest]
    #[case::two_only("Py_InitModule4_64", &["cp27m", "cp27mu"], &["cp27dmu", "cp36m", "cp315"])]
    #[case::narrow("PyUnicodeUCS2_FromString", &["cp27m"], &["cp27mu", "cp27dmu", "cp36m"])]
    #[case::wide("PyUnicodeUCS4_FromString", &["cp27mu", "cp27dmu"], &["cp27m", "cp36m"])]
    #[case::three_only("PyModule_Create2", &["cp36m", "cp313t", "cp315d"], &["cp27mu", "pypy311_pp73"])]
    #[case::new_in_3_10("Py_IsTrue", &["cp310", "cp314t"], &["cp39", "cp39d"])]
    #[case::new_in_3_14("PyType_Freeze", &["cp314", "cp314t", "cp315"], &["cp313", "cp313t"])]
    #[case::new_in_3_15("PyABIInfo_Check", &["cp315", "cp315d", "cp315t"], &["cp314"])]
    #[case::no_gil("_Py_MergeZeroLocalRefcount", &["cp313t", "cp314t"], &["cp313", "cp314", "cp315"])]
    #[case::debug("_Py_NegativeRefcount", &["cp27dmu", "cp39d", "cp313d"], &["cp27mu", "cp39", "cp313"])]
    #[case::pypy("PyPyModule_Create2", &["pypy311_pp73", "pypy311_pp80"], &["cp311"])]
    #[case::none("Py_NoSuchThing", &[], &["cp27mu", "cp315"])]
    fn exports_by_abi(#[case] name: &str, #[case] yes: &[&str], #[case] no: &[&str]) {
        for abi in yes {
            assert_eq!(exported(name, abi, None), Exported::Yes, "{name} in {abi}");
        }
        for abi in no {
            assert_eq!(exported(name, abi, None), Exported::No, "{name} in {abi}");
        }
    }

    #[rstest]
    #[case::any(None, Exported::Depends)]
    #[case::measured_without_it(Some("3.13.0"), Exported::No)]
    #[case::measured_with_it(Some("3.13.18"), Exported::Yes)]
    #[case::between_two_that_differ(Some("3.13.3"), Exported::Depends)]
    #[case::between_two_that_agree(Some("3.13.7"), Exported::Yes)]
    #[case::after(Some("3.13.20"), Exported::Yes)]
    fn exports_by_release(#[case] release: Option<&str>, #[case] expected: Exported) {
        assert_eq!(exported("PyModule_Create2", "cp313", release), Exported::Yes);
        assert_eq!(exported("_PySys_GetOptionalAttr", "cp313", release), expected);
        assert_eq!(exported("Py_NoSuchThing", "cp313", release), Exported::No);
    }

    #[test]
    fn no_column_for_3_5() {
        assert!(ExportTable::get().columns_for("cp35m".parse().unwrap(), None).is_empty());
    }

    #[test]
    fn kinds() {
        let kind = |name| ExportTable::get().symbol(name).map(|symbol| symbol.kind);
        assert_eq!(kind("PyModule_Create2"), Some(Kind::Function));
        assert_eq!(kind("_Py_NoneStruct"), Some(Kind::Data));
    }

    #[rstest]
    #[case::no_set("python cp312 3.12.1 measured\nPyA", "not a set of columns")]
    #[case::no_digits("python cp312 3.12.1 measured\nPyA 3.12..", "not a set of columns")]
    #[case::no_such_column("python cp312 3.12.1 measured\nPyA 2", "not a set of columns")]
    #[case::twice("python cp312 3.12.1 measured\nPyA 1\nPyA 1", "out of order")]
    #[case::unsorted("python cp312 3.12.1 measured\nPyB 1\nPyA 1", "out of order")]
    #[case::no_axis("python cp312 3.12.1", "not a column")]
    #[case::a_column_too_many("python cp312 3.12.1 measured\n".repeat(129).leak().trim_end(), "too many columns")]
    fn mistakes_are_named(#[case] text: &'static str, #[case] problem: &str) {
        let read = |table: ExportTable| table.read().collect::<Result<Vec<_>, _>>();
        let error = ExportTable::parse(text).and_then(read).unwrap_err();
        assert_eq!((error.problem, error.line), (problem, text.lines().count()));
    }
}
