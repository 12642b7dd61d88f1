//! The classic two steps: compile with `-fPIC`, then link with `-shared`. libpython is not linked: its
//! functions are those of the interpreter that loads the module.

use std::ffi::OsString;

use soabi_core::{AbiTag, Claim};

use super::command::CommandLine;
use super::steps::{Place, Steps, files_of};
use super::tool::Tool;
use crate::specimen::{MODULE, Specimen};

/// What makes a library of an object file and leaves Python's functions open.
const LINK: &[&str] =
    if cfg!(target_os = "macos") { &["-bundle", "-undefined", "dynamic_lookup"] } else { &["-shared"] };

/// The steps of a specimen in C.
pub(super) fn steps(specimen: &Specimen<'_>, source: &str, defines: &[String], cc: &Tool) -> Steps {
    let object = format!("{MODULE}.o");
    let file_name = specimen.file_name.clone();

    let mut compile: Vec<OsString> = ["-O2", "-fPIC", "-Wall", "-Wextra"].map(OsString::from).into();
    for dir in specimen.builder.iter().flat_map(|facts| &facts.include_dirs) {
        let mut include = OsString::from("-I");
        include.push(dir);
        compile.push(include);
    }
    compile.extend(defines.iter().map(|name| format!("-D{name}").into()));
    compile.extend(limited_api(specimen.claim).map(OsString::from));
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

/// The macro that keeps a source to the limited API (PEP 384, PEP 803).
fn limited_api(claim: Claim) -> Option<String> {
    let name = match claim.abi {
        AbiTag::Abi3 => "Py_LIMITED_API",
        AbiTag::Abi3t => "Py_TARGET_ABI3T",
        AbiTag::Cpython(_) | AbiTag::Pypy { .. } | AbiTag::None => return None,
    };
    Some(format!("-D{name}={:#010x}", claim.floor?.hex()))
}
