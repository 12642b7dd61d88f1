//! Lists the claims and the specimens, so that a new one is a new file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    list("claims", &["py"])?;
    list("specimens", &["c", "h"])
}

/// Writes `OUT_DIR/<folder>.rs`: the name and the text of every file of `folder` with one of the `suffixes`, in
/// the order of their names.
fn list(folder: &str, suffixes: &[&str]) -> io::Result<()> {
    let crate_dir = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out_dir = env::var("OUT_DIR").map_err(io::Error::other)?;
    let dir = Path::new(&crate_dir).join(folder);
    println!("cargo::rerun-if-changed={}", dir.display());
    let mut paths: Vec<_> = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    let suffix = |path: &Path| path.extension().is_some_and(|suffix| suffixes.iter().any(|s| *s == suffix));
    paths.retain(|path| suffix(path));
    paths.sort();
    let mut text = String::from("&[\n");
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let path = path.to_string_lossy();
        writeln!(text, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    fs::write(Path::new(&out_dir).join(format!("{folder}.rs")), text)
}
