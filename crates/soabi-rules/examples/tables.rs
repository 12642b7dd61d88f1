//! `just tables LISTS`: writes the tables anew from plain lists.
//!
//! LISTS is a folder. `LISTS/exports/<abi>-<release>.txt`, or `<abi>.txt` for the newest release of an ABI,
//! is what `nm -D --defined-only` says of one interpreter's shared library, as `name<TAB>kind`; columns that
//! have no list there keep what the table says. `LISTS/stable_abi.tsv`, if it exists, is CPython's
//! `Misc/stable_abi.toml` as `name<TAB>kind<TAB>added<TAB>abi_only<TAB>ifdef`.
//!
//! A new interpreter takes three words more: its column, such as `"cp316 3.16.0 measured"`, after LISTS.

use std::error::Error;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use soabi_rules::tables::write::{ExportLists, id_of, stable_abi_text};
use soabi_rules::tables::{Column, ExportTable};

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tables");

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let lists = arguments.next().ok_or("usage: tables LISTS [\"ABI RELEASE measured|derived\"]...")?;
    let lists = Path::new(&lists);

    let mut columns = ExportTable::get().columns().to_vec();
    for argument in arguments {
        columns.push(argument.parse()?);
    }
    let mut exports = ExportLists::of(ExportTable::get());
    for column in &columns {
        let newest = !columns.iter().any(|other| other.abi == column.abi && other.release > column.release);
        if let Some(list) = read_list(lists, column, newest)? {
            exports.insert(*column, &list);
        }
    }
    rewrite("exports.txt", &exports.to_text())?;
    if let Ok(list) = fs::read_to_string(lists.join("stable_abi.tsv")) {
        rewrite("stable_abi.txt", &stable_abi_text(&list))?;
    }

    let read = |name: &str| fs::read_to_string(Path::new(TABLES).join(name));
    let texts = [read("exports.txt")?, read("stable_abi.txt")?];
    let id = id_of(texts.iter().map(String::as_str), |bytes| Sha256::digest(bytes).to_vec());
    fs::write(Path::new(TABLES).join("id.txt"), id + "\n")?;
    Ok(())
}

/// The list of a column. The one that names no release is that of the ABI's newest.
fn read_list(lists: &Path, column: &Column, newest: bool) -> Result<Option<String>, Box<dyn Error>> {
    let exact = lists.join(format!("exports/{}-{}.txt", column.abi, column.release));
    let plain = lists.join(format!("exports/{}.txt", column.abi));
    let path = if exact.exists() || !newest { exact } else { plain };
    if path.exists() { Ok(Some(fs::read_to_string(path)?)) } else { Ok(None) }
}

/// Replaces everything but the comment that the table begins with.
fn rewrite(name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(TABLES).join(name);
    let old = fs::read_to_string(&path)?;
    let comment =
        old.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum::<usize>();
    Ok(fs::write(path, old[..comment].to_owned() + text)?)
}
