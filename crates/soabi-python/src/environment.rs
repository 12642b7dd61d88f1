//! Where the user's environment has Pythons.

use std::env;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// The places to search. A value, so that a test can search a folder of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `PATH`, split.
    pub path: Vec<PathBuf>,
    /// pyenv's root: `PYENV_ROOT`, or `~/.pyenv`.
    pub pyenv_root: Option<PathBuf>,
    /// uv's managed Pythons: `UV_PYTHON_INSTALL_DIR`, or `uv/python` in the user's data folder.
    pub uv_pythons: Option<PathBuf>,
    /// The Pythons of the manylinux and musllinux images: `/opt/python`.
    pub manylinux_pythons: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let dir = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The XDG conventions on every Unix, as uv has it.
        let user = etcetera::base_strategy::Xdg::new().ok();
        let user = user.as_ref();
        Self {
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            pyenv_root: dir("PYENV_ROOT").or_else(|| Some(user?.home_dir().join(".pyenv"))),
            uv_pythons: dir("UV_PYTHON_INSTALL_DIR").or_else(|| Some(user?.data_dir().join("uv/python"))),
            manylinux_pythons: Some(PathBuf::from("/opt/python")),
        }
    }
}
