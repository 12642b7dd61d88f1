//! Cargo and PyO3. Which interpreter is built for stands in a configuration file of PyO3's, so no interpreter
//! runs and none is searched for.

use std::borrow::Cow;
use std::env;
use std::path::Path;

use soabi_core::{AbiTag, Claim};

use super::cache::cargo_folder;
use super::command::CommandLine;
use super::not_built::NotBuilt;
use super::steps::{Place, Steps, files_of};
use super::tool::Tool;
use crate::specimen::Specimen;

/// What makes a member of soabi's workspace a package of its own. The first level of optimization costs a few
/// seconds of compiling and saves as much in every run of the matrix, which makes ten thousand calls per cell.
const STANDALONE: &str = "
[workspace]

[profile.release]
opt-level = 1
";

/// What cargo writes when it cannot get a crate.
const NO_CRATES: [&str; 3] = ["failed to download", "failed to get `", "offline mode"];

/// The steps of a specimen with PyO3. Its folder stays, so that the crates that no interpreter concerns are
/// compiled once.
pub(super) fn steps(specimen: &Specimen<'_>, cargo: &Tool, cache: &Path) -> Steps {
    let folder = cargo_folder(cache, specimen.flavor.folder);
    let config = format!("config/{}-{}.txt", specimen.name, specimen.built_for);

    let mut files = files_of(specimen);
    for (_, manifest) in files.iter_mut().filter(|(path, _)| path == "Cargo.toml") {
        *manifest = Cow::Owned(format!("{manifest}{STANDALONE}"));
    }
    files.push((config.clone(), Cow::Owned(configuration(specimen))));

    let mut build = CommandLine::new(cargo.words(), ["build", "--release", "--locked", "--manifest-path"]);
    build.arguments.push(folder.join("Cargo.toml").into());
    build.arguments.extend(["--target-dir".into(), folder.join("target").into()]);
    if let Claim { abi, floor: Some(floor) } = specimen.claim {
        build.arguments.extend(["--features".into(), format!("{abi}-py{}", floor.compact()).into()]);
    }
    // An extension module is not linked with libpython.
    build.variables.push(("PYO3_BUILD_EXTENSION_MODULE", "1".into()));
    build.variables.push(("PYO3_CONFIG_FILE", folder.join(config).into()));

    let library = specimen.flavor.folder.replace('-', "_");
    let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    Steps {
        files,
        commands: vec![build],
        product: format!("target/release/{prefix}{library}{suffix}"),
        file_name: specimen.file_name.clone(),
        place: Place::Workshop(specimen.flavor.folder),
    }
}

/// The configuration in the format that `PYO3_CONFIG_FILE` takes: what PyO3 would else ask the interpreter.
fn configuration(specimen: &Specimen<'_>) -> String {
    let stable = if specimen.claim.abi == AbiTag::Abi3t { "abi3t" } else { "abi3" };
    let (version, kind, debug) = match (specimen.claim.floor, specimen.built_for) {
        (None, AbiTag::Cpython(abi)) => {
            let kind = if abi.free_threaded { "free_threaded" } else { "gil_enabled" };
            (abi.version.to_string(), kind, if abi.debug { "-debug" } else { "" })
        }
        (floor, _) => (floor.map(|floor| floor.to_string()).unwrap_or_default(), stable, ""),
    };
    let width = specimen.builder.map(|facts| format!("pointer_width={}\n", facts.pointer_bits));
    format!(
        "implementation=CPython\nversion={version}\ntarget_abi=CPython-{kind}-{version}{debug}\n{}",
        width.unwrap_or_default()
    )
}

/// Distinguishes missing crates from crates that do not compile.
pub(super) fn explain(error: NotBuilt, folder: &Path, cargo: &Tool) -> NotBuilt {
    match error {
        NotBuilt::Failed { stderr, .. } if NO_CRATES.iter().any(|words| stderr.contains(words)) => {
            let mut fetch = CommandLine::new(cargo.words(), ["fetch", "--locked", "--manifest-path"]);
            fetch.arguments.push(folder.join("Cargo.toml").into());
            NotBuilt::NoCrates { fetch: fetch.to_string(), stderr }
        }
        error => error,
    }
}
