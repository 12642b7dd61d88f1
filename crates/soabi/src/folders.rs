//! Where soabi keeps things: the only code that chooses a folder.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::error::Error;

/// The folder for what can be made again: answers of interpreters, built specimens.
///
/// The one that the user names, which is created, or `soabi` in the user's cache folder (`XDG_CACHE_HOME`), which is
/// not created here: a listing writes nothing where it has nothing to keep.
pub(crate) fn cache(named: Option<&Path>) -> Result<PathBuf, Error> {
    let Some(folder) = named else {
        let user = user_folders().map_err(Error::NoCache)?;
        return below(&user.cache_dir(), user.home_dir()).map_err(Error::NoCache);
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::NoCache(format!("`{}`: {error}", folder.display())))?;
    std::path::absolute(folder).map_err(|error| Error::NoCache(error.to_string()))
}

/// The same folder, which is not created.
pub(crate) fn cache_for_reading(named: Option<&Path>) -> Result<PathBuf, Error> {
    match named {
        Some(folder) => std::path::absolute(folder).map_err(|error| Error::NoCache(error.to_string())),
        None => cache(None),
    }
}

/// The folder for what the user asked soabi to install.
///
/// `SOABI_DATA_DIR`, or `soabi` in the user's data folder (`XDG_DATA_HOME`).
#[cfg(run)]
pub(crate) fn data() -> Result<PathBuf, Error> {
    if let Some(folder) = std::env::var_os("SOABI_DATA_DIR").filter(|dir| !dir.is_empty()) {
        return std::path::absolute(folder).map_err(|error| Error::NoData(error.to_string()));
    }
    let user = user_folders().map_err(Error::NoData)?;
    below(&user.data_dir(), user.home_dir()).map_err(Error::NoData)
}

/// The conventions of this platform.
fn user_folders() -> Result<impl BaseStrategy, String> {
    etcetera::choose_base_strategy().map_err(|error| error.to_string())
}

/// `soabi` in `folder`. An error when that would be relative to the current folder, or in a home that does not exist:
/// neither is created.
fn below(folder: &Path, home: &Path) -> Result<PathBuf, String> {
    if folder.is_relative() {
        return Err(format!("`{}` is not an absolute path", folder.display()));
    }
    if folder.starts_with(home) && !home.is_dir() {
        return Err(format!("there is no home folder `{}`", home.display()));
    }
    Ok(folder.join("soabi"))
}
