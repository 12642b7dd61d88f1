//! The ways to install an interpreter, as its manifest declares them: what people are shown and what
//! `soabi pythons --install` runs are read from the same entry.

use std::borrow::Cow;

use serde::Deserialize;

/// One way to install an interpreter: a `[[get]]` entry of its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "with", rename_all = "kebab-case", deny_unknown_fields)]
pub enum InstallMethod {
    /// `uv python install`.
    Uv {
        /// The request: `3.14t`.
        request: String,
    },
    /// Packages of Debian.
    Debian {
        /// The suite: `bookworm`.
        suite: String,
        /// The packages to install with apt, as root.
        apt: Vec<String>,
        /// The packages to unpack without root. `None`: soabi does not use this entry.
        unpack: Option<Unpack>,
    },
    /// Packages of Ubuntu. soabi does not use this entry: its own packages are Debian's.
    Ubuntu {
        /// The release: `24.04`.
        release: String,
        /// The packages to install with apt, as root.
        apt: Vec<String>,
    },
    /// CPython's sources and a compiler.
    Source {
        /// Options of `configure`, beside `--enable-shared`.
        configure: Vec<String>,
        /// Debian's package of the sources. `None`: soabi does not use this entry.
        debian: Option<SourcePackage>,
    },
    /// `pyenv install`.
    Pyenv {
        /// The version, or its beginning: `3.13t`, `pypy3.11`.
        version: String,
        /// Options of `configure`, beside `--enable-shared`.
        #[serde(default)]
        configure: Vec<String>,
    },
    /// A container image.
    Image {
        /// The image: `python:3.13`.
        image: String,
    },
}

/// Packages of Debian that make an interpreter when they are unpacked into one folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unpack {
    /// The interpreter in them: `usr/bin/python3.15`.
    pub python: String,
    /// The packages of the interpreter, and those of the libraries that it needs and the machine may lack.
    pub packages: Vec<String>,
}

/// A source package of Debian.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePackage {
    /// The suite: `sid`.
    pub suite: String,
    /// The package: `python3.13`.
    pub package: String,
}

impl InstallMethod {
    /// Whether `soabi pythons --install` uses it.
    pub const fn is_automatic(&self) -> bool {
        match self {
            Self::Uv { .. } | Self::Pyenv { .. } => true,
            Self::Debian { unpack, .. } => unpack.is_some(),
            Self::Source { debian, .. } => debian.is_some(),
            Self::Ubuntu { .. } | Self::Image { .. } => false,
        }
    }

    /// The only system on which it works: `Debian bookworm`. `None` for every system.
    pub fn system(&self) -> Option<String> {
        match self {
            Self::Debian { suite, .. } => Some(format!("Debian {suite}")),
            Self::Ubuntu { release, .. } => Some(format!("Ubuntu {release}")),
            Self::Uv { .. } | Self::Source { .. } | Self::Pyenv { .. } | Self::Image { .. } => None,
        }
    }

    /// The command that a person types.
    pub fn command(&self) -> String {
        match self {
            Self::Uv { request } => format!("uv python install {request}"),
            Self::Debian { apt, .. } | Self::Ubuntu { apt, .. } => format!("apt install {}", apt.join(" ")),
            Self::Source { .. } => {
                format!("./configure {} && make && make install", self.configure_options().join(" "))
            }
            Self::Pyenv { version, .. } => match &*self.configure_options() {
                [] => format!("pyenv install {version}"),
                options => format!("PYTHON_CONFIGURE_OPTS='{}' pyenv install {version}", options.join(" ")),
            },
            Self::Image { image } => format!("docker run --rm -it {image}"),
        }
    }

    /// The options for CPython's `configure`, where it is built: with the shared library that the load rung needs.
    pub fn configure_options(&self) -> Vec<&str> {
        let options = match self {
            Self::Source { configure, .. } => configure,
            // pyenv downloads PyPy and builds nothing.
            Self::Pyenv { version, configure } if !version.starts_with("pypy") => configure,
            _ => return Vec::new(),
        };
        ["--enable-shared"].into_iter().chain(options.iter().map(String::as_str)).collect()
    }

    /// The container image that has the interpreter, or has packages of it.
    pub fn image(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Image { image } => Some(image.into()),
            Self::Debian { suite, .. } => Some(format!("debian:{suite}").into()),
            Self::Ubuntu { release, .. } => Some(format!("ubuntu:{release}").into()),
            Self::Uv { .. } | Self::Source { .. } | Self::Pyenv { .. } => None,
        }
    }

    /// The packages that are installed with apt.
    pub fn apt(&self) -> &[String] {
        match self {
            Self::Debian { apt, .. } | Self::Ubuntu { apt, .. } => apt,
            Self::Uv { .. } | Self::Source { .. } | Self::Pyenv { .. } | Self::Image { .. } => &[],
        }
    }
}
