//! The tables, written: what `just tables` does with plain lists of names.
//!
//! A list is what `nm -D --defined-only` says of a shared libpython: `name<TAB>kind` lines, the kind in nm's
//! letters. Reading files, and naming them, is the caller's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use soabi_core::VersionRange;

use super::axis::{Column, Columns};
use super::exports::{ExportTable, Kind};

/// The export table by columns: for each the names that it exports.
#[derive(Debug, Default)]
pub struct ExportLists {
    lists: Vec<(Column, BTreeMap<String, Kind>)>,
}

impl ExportLists {
    /// The table of this build, taken apart.
    pub fn of(table: &ExportTable) -> Self {
        let list = |index| {
            let exported = table.symbols().filter(move |symbol| symbol.exported_by.contains(index));
            exported.map(|symbol| (symbol.name.to_owned(), symbol.kind)).collect()
        };
        let columns = table.columns().iter().enumerate();
        Self { lists: columns.map(|(index, column)| (*column, list(index))).collect() }
    }

    /// Replaces the column of the same ABI and release, or adds one; `list` is `name<TAB>kind` lines.
    ///
    /// Init functions are left out: they are those of the built-in modules that one distributor compiles in
    /// and another does not.
    pub fn insert(&mut self, column: Column, list: &str) {
        let names = list.lines().filter_map(|line| line.split_once('\t')).filter(|(name, _)| !is_init(name));
        let names = names.map(|(name, kind)| (name.to_owned(), kind_of(kind))).collect();
        self.lists.retain(|(known, _)| (known.abi, known.release) != (column.abi, column.release));
        self.lists.push((column, names));
        self.lists.sort_by_key(|(column, _)| (column.cpython().is_none(), column.abi, column.release));
    }

    /// The text of `exports.txt`, without its head comment.
    pub fn to_text(&self) -> String {
        let axis: Vec<Column> = self.lists.iter().map(|(column, _)| *column).collect();
        let mut text = String::new();
        for column in &axis {
            let _ = writeln!(text, "python {} {} {}", column.abi, column.release, column.source.as_str());
        }
        let mut symbols: BTreeMap<&str, (Kind, Columns)> = BTreeMap::new();
        for (index, (_, names)) in self.lists.iter().enumerate() {
            for (name, kind) in names {
                let (known, columns) = symbols.entry(name).or_insert((*kind, Columns::default()));
                *known = *kind;
                columns.insert(index);
            }
        }
        for (name, (kind, columns)) in symbols {
            let data = if kind == Kind::Data { "data " } else { "" };
            let _ = writeln!(text, "{name} {data}{}", words(&axis, columns));
        }
        text
    }
}

/// The text of `stable_abi.txt`, without its head comment, from
/// `name<TAB>kind<TAB>added<TAB>abi_only<TAB>ifdef` lines: the keys of CPython's `Misc/stable_abi.toml`.
pub fn stable_abi_text(list: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in list.lines().skip(1) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (name, kind, added, abi_only, condition) = (field(), field(), field(), field(), field());
        let data = if kind == "data" { "data " } else { "" };
        let abi_only = if abi_only.is_empty() { "" } else { " abi-only" };
        let condition = if condition.is_empty() { String::new() } else { format!(" if {condition}") };
        lines.push(format!("{name} {data}{added}{abi_only}{condition}\n"));
    }
    lines.sort_by(|a, b| a.split(' ').next().cmp(&b.split(' ').next()));
    lines.concat()
}

/// The id of the tables with these texts; `sha256` is the caller's.
pub fn id_of<'a>(texts: impl IntoIterator<Item = &'a str>, sha256: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let all: String = texts.into_iter().collect();
    sha256(all.as_bytes()).iter().take(6).fold(String::new(), |id, byte| id + &format!("{byte:02x}"))
}

fn is_init(name: &str) -> bool {
    name.starts_with("PyInit_") || name.starts_with("init")
}

/// nm's letters: `T` is code, everything else that is defined is data. A `?` marks a derived entry.
fn kind_of(letter: &str) -> Kind {
    if letter.starts_with(['T', 't', 'W', 'w', 'i']) { Kind::Function } else { Kind::Data }
}

/// Names a set of columns in the words of [`Columns::parse`].
///
/// A feature version counts as a whole when more of its builds belong than do not; what it lacks is then
/// taken out by name. Of the others, those that belong are named.
fn words(axis: &[Column], set: Columns) -> String {
    let (cpython, pypy): (Vec<usize>, Vec<usize>) =
        (0..axis.len()).partition(|&i| axis[i].cpython().is_some());
    let newest = cpython.last().map(|&index| axis[index].release.feature);
    let mut ranges: Vec<VersionRange> = Vec::new();
    let mut rest = Vec::new();
    let mut gap = true;
    for builds in cpython.chunk_by(|&a, &b| axis[a].release.feature == axis[b].release.feature) {
        let (present, absent): (Vec<usize>, Vec<usize>) =
            builds.iter().partition(|&&index| set.contains(index));
        let whole = present.len() > absent.len();
        if whole {
            let version = Some(axis[builds[0]].release.feature);
            match ranges.last_mut().filter(|_| !gap) {
                Some(range) => range.last = version,
                None => ranges.push(VersionRange { first: version, last: version }),
            }
            rest.extend(absent.iter().map(|&index| format!("-{}", name(axis, index))));
        } else {
            rest.extend(present.iter().map(|&index| name(axis, index)));
        }
        gap = !whole;
    }
    if let Some(range) = ranges.last_mut().filter(|range| range.last == newest) {
        range.last = None;
    }
    let (present, absent): (Vec<usize>, Vec<usize>) =
        pypy.into_iter().partition(|&index| set.contains(index));
    match absent[..] {
        [] if !present.is_empty() => rest.push("pypy".to_owned()),
        _ => rest.extend(present.iter().map(|&index| name(axis, index))),
    }
    let words: Vec<String> = ranges.iter().map(ToString::to_string).chain(rest).collect();
    words.join(" ")
}

/// A column's ABI, with its release where the axis has several of that ABI.
fn name(axis: &[Column], index: usize) -> String {
    let column = &axis[index];
    let several = axis.iter().filter(|other| other.abi == column.abi).count() > 1;
    if several { column.key() } else { column.abi.to_string() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn column(text: &str) -> Column {
        text.parse().unwrap()
    }

    /// The writer's words are the reader's: taken apart and written again, the table is the same text.
    #[test]
    fn the_table_is_written_as_it_is_read() {
        let names: String = super::super::exports::TEXT
            .lines()
            .filter(|line| !line.starts_with('#'))
            .fold(String::new(), |text, line| text + line + "\n");
        assert_eq!(ExportLists::of(ExportTable::get()).to_text(), names);
    }

    #[rstest]
    #[case::everywhere(&["cp311", "cp312", "cp312d", "cp313", "cp313@", "pypy311_pp73"], "3.11.. pypy")]
    #[case::to_the_newest(&["cp312", "cp312d", "cp313", "cp313@"], "3.12..")]
    #[case::gone_in_3_13(&["cp311", "cp312", "cp312d"], "3.11..3.12")]
    #[case::gone_and_back(&["cp311", "cp313", "cp313@"], "3.11 3.13..")]
    #[case::debug_builds(&["cp312d"], "cp312d")]
    #[case::not_in_debug_builds(&["cp311", "cp312"], "3.11 cp312")]
    #[case::from_a_patch_level_on(&["cp313@"], "cp313@3.13.18")]
    fn sets_in_words(#[case] exporting: &[&str], #[case] expected: &str) {
        let mut lists = ExportLists::default();
        for (line, key) in [
            ("cp312d 3.12.1 measured", "cp312d"),
            ("cp311 3.11.7 measured", "cp311"),
            ("pypy311_pp73 7.3.19 measured", "pypy311_pp73"),
            ("cp313 3.13.18 measured", "cp313@"),
            ("cp312 3.12.1 measured", "cp312"),
            ("cp313 3.13.0 measured", "cp313"),
        ] {
            let list = if exporting.contains(&key) { "PyThing\tT\nPyInit_thing\tT\n" } else { "" };
            lists.insert(column(line), list);
        }
        assert_eq!(lists.to_text().lines().last().unwrap(), format!("PyThing {expected}"));
    }

    #[rstest]
    #[case("T", Kind::Function)]
    #[case("T?", Kind::Function)]
    #[case("W", Kind::Function)]
    #[case("D", Kind::Data)]
    #[case("B", Kind::Data)]
    #[case("R", Kind::Data)]
    #[case("V", Kind::Data)]
    fn letters(#[case] letter: &str, #[case] kind: Kind) {
        assert_eq!(kind_of(letter), kind);
    }

    #[test]
    fn a_list_replaces_the_one_of_the_same_release() {
        let mut lists = ExportLists::default();
        lists.insert(column("cp311 3.11.7 measured"), "PyOld\tT\n");
        lists.insert(column("cp311 3.11.7 measured"), "PyNew\tD\n");
        assert_eq!(lists.to_text(), "python cp311 3.11.7 measured\nPyNew data 3.11..\n");
    }

    #[test]
    fn the_manifest_s_keys() {
        let list =
            "name\tkind\tadded\tabi_only\tifdef\n_Py_B\tdata\t3.10\tabi_only\tM\nPyA\tfunction\t3.2\t\t\n";
        assert_eq!(stable_abi_text(list), "PyA 3.2\n_Py_B data 3.10 abi-only if M\n");
    }
}
