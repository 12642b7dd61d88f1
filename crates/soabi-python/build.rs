//! Lists `pythons/*.toml` for `manifest.rs`, so that adding an interpreter is adding a file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_dir = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out_dir = env::var("OUT_DIR").map_err(io::Error::other)?;
    // A published package carries a copy: `packaging/crates.py`.
    let carried = Path::new(&crate_dir).join("carried");
    let root = if carried.is_dir() { carried } else { Path::new(&crate_dir).join("../..") };
    let folder = root.join("pythons").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut files: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();

    let mut list = String::from("&[\n");
    for file in &files {
        let (stem, file) = (file.file_stem().unwrap_or_default().to_string_lossy(), file.to_string_lossy());
        writeln!(list, "    ({stem:?}, include_str!({file:?})),").map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&out_dir).join("pythons.rs"), list)
}
