//! What the user's environment says of where Pythons are.

use std::env;
use std::path::PathBuf;

/// The places to search, as the environment names them. A value, so that a test can search a folder of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `PATH`, split.
    pub path: Vec<PathBuf>,
    /// pyenv's root: `PYENV_ROOT`, or `~/.pyenv`.
    pub pyenv_root: Option<PathBuf>,
    /// uv's managed Pythons: `UV_PYTHON_INSTALL_DIR`, or `uv/python` in the user's data directory.
    pub uv_pythons: Option<PathBuf>,
    /// The Pythons of the manylinux and musllinux images: `/opt/python`.
    pub manylinux_pythons: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let dir = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = env::home_dir();
        let in_home = |folder: &str| home.as_ref().map(|home| home.join(folder));
        let data = dir("XDG_DATA_HOME").or_else(|| in_home(".local/share"));
        Self {
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            pyenv_root: dir("PYENV_ROOT").or_else(|| in_home(".pyenv")),
            uv_pythons: dir("UV_PYTHON_INSTALL_DIR").or_else(|| data.map(|data| data.join("uv/python"))),
            manylinux_pythons: Some(PathBuf::from("/opt/python")),
        }
    }
}
