//! Why there is nothing to audit, or nothing to compare with.

use std::path::PathBuf;

/// Why the arguments of an audit stand for nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// There were none, and there is nothing where one looks first.
    #[error("nothing to audit: there is no wheel in `dist`, no active virtual environment and no `.venv`")]
    Unnamed,
    /// There is nothing beside source distributions.
    #[error("nothing to audit: `{}` is a source distribution, which holds no native file", path.display())]
    SdistsOnly {
        /// The first of them.
        path: PathBuf,
    },
    /// What was named to be compared with holds no wheel.
    #[error("nothing to compare with: there is no wheel in `{}`", path.display())]
    NoWheelIn {
        /// What was named.
        path: PathBuf,
    },
    /// pip did not fetch a release.
    #[cfg(run)]
    #[error("`{wanted}` could not be fetched: {why}")]
    Fetch {
        /// The release.
        wanted: String,
        /// What pip said last.
        why: String,
    },
    /// There is no program that fetches.
    #[cfg(run)]
    #[error("nothing can be fetched: neither `pip` nor `uv` is on PATH")]
    NoPip,
    /// What was fetched has no place.
    #[cfg(run)]
    #[error("wheels could not be kept in `{}`", path.display())]
    Keep {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl SourceError {
    /// What the user can do.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unnamed => {
                "build a wheel (`python -m build`, `uv build`), or name something: `soabi audit \
                                   dist/*.whl`, `soabi audit .venv`, `soabi audit NAME==VERSION`"
                    .to_owned()
            }
            Self::SdistsOnly { path } => {
                format!("build a wheel of it: `pip wheel --no-deps {}`", path.display())
            }
            Self::NoWheelIn { .. } => {
                "name the folder of another release, or a release to fetch: `--against \
                                              NAME`, `--against NAME==VERSION`"
                    .to_owned()
            }
            #[cfg(run)]
            Self::Fetch { wanted, .. } => {
                format!("try it by hand: `pip download --no-deps --only-binary :all: {wanted}`")
            }
            #[cfg(run)]
            Self::NoPip => "install one of them, or fetch the wheels and name their folder".to_owned(),
            #[cfg(run)]
            Self::Keep { .. } => "name another folder with `--cache-dir`".to_owned(),
        }
    }
}
