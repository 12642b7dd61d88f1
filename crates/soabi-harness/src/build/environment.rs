//! The environment of the programs that build: the variables that would change a specimen.

use std::env;
use std::ffi::OsString;

/// Variables that builds do not get. The first two add flags to every crate; the others make a file beside the
/// specimen, or put a search path into it.
const HIDDEN: [&str; 5] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES", "LD_RUN_PATH"];

/// The beginnings of more of them.
const HIDDEN_PREFIXES: [&str; 4] = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "PYO3_"];

/// Variables that tell a C compiler or its linker where to look for headers, libraries and its own programs, and for
/// which system it compiles (GCC manual, "Environment Variables Affecting GCC"; clang has the same). Some compilers
/// do not work without them, so they are not hidden: their values are a part of a build's key.
const OF_COMPILERS: [&str; 8] = [
    "COMPILER_PATH",
    "CPATH",
    "C_INCLUDE_PATH",
    "GCC_EXEC_PREFIX",
    "LDEMULATION",
    "LIBRARY_PATH",
    "MACOSX_DEPLOYMENT_TARGET",
    "SDKROOT",
];

/// The variables of this process that builds do not get.
pub(super) fn hidden() -> Vec<OsString> {
    env::vars_os().map(|(name, _)| name).filter(|name| name.to_str().is_some_and(is_hidden)).collect()
}

fn is_hidden(name: &str) -> bool {
    HIDDEN.contains(&name) || HIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The variables of this process that compilers read, by name.
pub(super) fn of_compilers() -> impl Iterator<Item = (&'static str, OsString)> {
    OF_COMPILERS.into_iter().filter_map(|name| Some((name, env::var_os(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_compilers_variables_are_apart() {
        for name in ["RUSTFLAGS", "PYO3_PYTHON", "CARGO_TARGET_DIR", "LD_RUN_PATH"] {
            assert!(is_hidden(name), "{name}");
        }
        for name in OF_COMPILERS.into_iter().chain(["PATH", "CARGO_HOME", "CC", "RUSTFLAG"]) {
            assert!(!is_hidden(name), "{name}");
        }
    }
}
