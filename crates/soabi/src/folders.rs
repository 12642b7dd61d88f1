//! Where soabi keeps things: the only code that chooses a folder.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::error::Error;

/// The folder for what can be made again: answers of interpreters, built specimens.
///
/// What the user names, or `soabi` in the user's cache folder (`XDG_CACHE_HOME`).
pub(crate) fn cache(named: Option<&Path>) -> Result<PathBuf, Error> {
    let folder = match named {
        Some(folder) => folder.to_owned(),
        None => etcetera::choose_base_strategy()
            .map_err(|error| Error::NoCache(error.to_string()))?
            .cache_dir()
            .join("soabi"),
    };
    std::fs::create_dir_all(&folder)
        .map_err(|error| Error::NoCache(format!("`{}`: {error}", folder.display())))?;
    std::path::absolute(&folder).map_err(|error| Error::NoCache(error.to_string()))
}

/// The folder for what the user asked soabi to install.
///
/// `SOABI_DATA_DIR`, or `soabi` in the user's data folder (`XDG_DATA_HOME`).
#[cfg(run)]
pub(crate) fn data() -> Result<PathBuf, Error> {
    let named = std::env::var_os("SOABI_DATA_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let folder = match named {
        Some(folder) => folder,
        None => etcetera::choose_base_strategy()
            .map_err(|error| Error::NoCache(error.to_string()))?
            .data_dir()
            .join("soabi"),
    };
    std::path::absolute(&folder).map_err(|error| Error::NoCache(error.to_string()))
}
