//! The classic two steps: compile with `-fPIC`, then link with `-shared`. libpython is not linked: its
//! functions are those of the interpreter that loads the module.

use std::ffi::OsString;

use soabi_core::PyVersion;

use super::command::CommandLine;
use super::steps::{Place, Steps, files_of};
use super::tool::Tool;
use crate::specimen::{MODULE, Specimen};

/// What makes a library of an object file and leaves Python's functions open.
const LINK: &[&str] =
    if cfg!(target_os = "macos") { &["-bundle", "-undefined", "dynamic_lookup"] } else { &["-shared"] };

/// The steps of a specimen in C.
pub(super) fn steps(
    specimen: &Specimen<'_>,
    source: &str,
    limited_api: Option<PyVersion>,
    cc: &Tool,
) -> Steps {
    let object = format!("{MODULE}.o");
    let file_name = specimen.file_name.clone();

    let mut compile: Vec<OsString> = ["-O2", "-fPIC", "-Wall", "-Wextra"].map(OsString::from).into();
    for dir in specimen.builder.iter().flat_map(|facts| &facts.include_dirs) {
        let mut include = OsString::from("-I");
        include.push(dir);
        compile.push(include);
    }
    if let Some(floor) = limited_api {
        compile.push(format!("-DPy_LIMITED_API={:#010x}", floor.hex()).into());
    }
    compile.extend(["-c", source, "-o", &object].map(OsString::from));
    let link = LINK.iter().copied().chain([object.as_str(), "-o", &file_name]);

    Steps {
        files: files_of(specimen),
        commands: vec![CommandLine::new(cc.words(), compile), CommandLine::new(cc.words(), link)],
        product: file_name.clone(),
        file_name,
        place: Place::Scratch,
    }
}
