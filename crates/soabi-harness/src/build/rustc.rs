//! One `rustc` command. No cargo, no crate, no header, no libpython.

use soabi_core::AbiTag;

use super::command::CommandLine;
use super::steps::{Place, Steps, files_of};
use super::tool::Tool;
use crate::specimen::{MODULE, Specimen};

/// What lets the linker of macOS leave Python's functions open. Elsewhere a library may do that anyway.
const LINK: &[&str] =
    if cfg!(target_os = "macos") { &["-Clink-args=-undefined dynamic_lookup"] } else { &[] };

/// What the sources call builds of Python without the GIL.
const FREE_THREADED: &str = "free_threaded";

/// The steps of a specimen in Rust alone. They are the same for every interpreter of an era, with the GIL or without,
/// and so is the file: only artifacts bear the names that interpreters look for.
pub(super) fn steps(specimen: &Specimen<'_>, cfg: Option<&str>, rustc: &Tool) -> Steps {
    let file_name = format!("{MODULE}.so");
    let mut arguments = vec!["--edition=2024", "--crate-type=cdylib", "--crate-name", MODULE];
    arguments.extend(["-O", "-Cstrip=debuginfo"]);
    arguments.extend(LINK);
    let free_threaded = matches!(specimen.built_for, AbiTag::Cpython(abi) if abi.free_threaded);
    let cfgs = cfg.into_iter().chain(free_threaded.then_some(FREE_THREADED));
    arguments.extend(cfgs.flat_map(|cfg| ["--cfg", cfg]));
    arguments.extend(["src/lib.rs", "-o", &file_name]);

    Steps {
        files: files_of(specimen),
        commands: vec![CommandLine::new(rustc.words(), arguments)],
        product: file_name.clone(),
        file_name,
        place: Place::Scratch,
    }
}
