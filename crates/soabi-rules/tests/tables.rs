//! The folder `tables/exports/`, file by file.

#![expect(clippy::disallowed_methods, reason = "a test that reads files; the crate does not")]

use std::fs;
use std::path::PathBuf;

use rstest::rstest;
use soabi_rules::tables::{ColumnFile, ExportTable};

/// The table of the program says what the files say.
#[rstest]
fn every_column(#[files("tables/exports/*")] path: PathBuf) {
    assert_eq!(path.extension().unwrap(), "txt");
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let file = ColumnFile::parse(stem, &text).unwrap();
    assert_eq!(file.to_string(), text);

    let table = ExportTable::get();
    let index = table.columns().iter().position(|column| *column == file.column).unwrap();
    let exported = table.symbols().filter(|symbol| symbol.exported_by.contains(index));
    assert!(exported.map(|symbol| symbol.name).eq(file.names.keys().map(String::as_str)));
}
