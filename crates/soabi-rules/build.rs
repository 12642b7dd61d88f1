//! Merges `tables/exports/*.txt` into one text that is searched in place, and computes the id of the tables.
//! Adding an interpreter release is adding a file.

#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files; the crate does not")]

#[path = "src/tables/axis.rs"]
#[expect(dead_code, unreachable_pub, reason = "the crate uses the rest of it")]
mod axis;
#[path = "src/tables/column.rs"]
#[expect(dead_code, unreachable_pub, reason = "the crate uses the rest of it")]
mod column;
#[path = "src/tables/merge.rs"]
mod merge;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

use crate::column::ColumnFile;

fn main() -> Result<(), Box<dyn Error>> {
    let crate_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let tables = crate_dir.join("tables");
    let columns = tables.join("exports");
    println!("cargo::rerun-if-changed={}", tables.display());

    let mut files = Vec::new();
    for path in sorted(&columns)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.push(ColumnFile::parse(&stem, &fs::read_to_string(&path)?)?);
    }
    let date = files.iter().filter_map(|file| date_of(&file.origin)).max().unwrap_or("unknown").to_owned();
    let exports = merge::merge(files)?;

    let mut hash = Sha256::new();
    hash.update(&exports);
    for path in sorted(&tables)?.into_iter().filter(|path| *path != columns) {
        hash_files(&path, &mut hash)?;
    }
    let id = soabi_core::hex(&hash.finalize()[..6]);

    fs::write(Path::new(&env::var("OUT_DIR")?).join("exports.txt"), exports)?;
    println!("cargo::rustc-env=SOABI_TABLES_ID={id}");
    println!("cargo::rustc-env=SOABI_TABLES_DATE={date}");

    // A published package carries a copy: `packaging/crates.py`.
    let carried = crate_dir.join("carried");
    let root = if carried.is_dir() { carried } else { crate_dir.join("../..") };
    println!("cargo::rustc-env=SOABI_RULE_PAGES={}", root.join("docs/rules").display());
    Ok(())
}

/// The day in the head of a column file, its last word: `..., on 2026-11-26`.
fn date_of(origin: &str) -> Option<&str> {
    let date = origin.rsplit(' ').next()?;
    let is_date = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_date.then_some(date)
}

/// The entries of a folder, by name.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Enters a file, or every file of a folder, into the hash.
fn hash_files(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    if path.is_dir() {
        return sorted(path)?.iter().try_for_each(|path| hash_files(path, hash));
    }
    hash.update(fs::read(path)?);
    Ok(())
}
