//! Lists the files of the specimens for `specimen/source.rs`, so that an installed soabi carries them along
//! and adding a flavor is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folders beside this crate that hold specimens, in the order of the picture.
const SPECIMENS: [&str; 4] = ["spam-c", "spam-ffi", "spam-pyo3", "spam-toolkits"];

fn main() -> io::Result<()> {
    let crate_dir = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out_dir = env::var("OUT_DIR").map_err(io::Error::other)?;
    // A published package carries a copy: `packaging/crates.py`.
    let carried = Path::new(&crate_dir).join("carried/crates");
    let crates = if carried.is_dir() { carried } else { Path::new(&crate_dir).join("..") }.canonicalize()?;

    let mut list = String::from("&[\n");
    for specimen in SPECIMENS {
        let folder = crates.join(specimen);
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in files_below(&folder)? {
            let name = file.strip_prefix(&folder).map_err(io::Error::other)?.to_string_lossy();
            // Cargo leaves a folder with a manifest out of a package, so that of a copy has another name.
            let name = name.strip_suffix(".carried").unwrap_or(&name);
            let path = file.to_string_lossy();
            writeln!(list, "    ({specimen:?}, {name:?}, include_str!({path:?})),")
                .map_err(io::Error::other)?;
        }
    }
    list.push_str("]\n");
    fs::write(Path::new(&out_dir).join("specimens.rs"), list)
}

/// The files of a folder and of the folders in it, sorted. What a copy of it was built into is left out.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| !path.ends_with("target"));
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
