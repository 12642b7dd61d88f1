//! Sets `cfg(run)`: whether this build runs interpreters, which takes the feature `run` and a Unix system; and
//! `SOABI_DOCS`: the folder of the pages that the program shows.

use std::path::Path;
use std::{env, io};

fn main() -> io::Result<()> {
    println!("cargo::rustc-check-cfg=cfg(run)");
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name: &str| env::var_os(name).is_some();
    if is_set("CARGO_FEATURE_RUN") && is_set("CARGO_CFG_UNIX") {
        println!("cargo::rustc-cfg=run");
    }

    let crate_dir = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    // A published package carries a copy: `packaging/crates.py`.
    let carried = Path::new(&crate_dir).join("carried");
    let root = if carried.is_dir() { carried } else { Path::new(&crate_dir).join("../..") };
    println!("cargo::rustc-env=SOABI_DOCS={}", root.join("docs").display());
    Ok(())
}
