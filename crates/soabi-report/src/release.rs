//! Part of `soabi/audit/v1`: what the wheels of one release cover, and what keeps them from being uploaded.

use serde::{Deserialize, Serialize};
use soabi_core::AbiTag;

/// The wheels of one version of a project that were audited together.
///
/// A wheel that is alone is no release, unless something is wrong with it as one: see [`ReleaseEntry::obstacles`] and
/// [`ReleaseEntry::against`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReleaseEntry {
    /// The project's normalised name (PEP 503).
    pub project: String,
    /// The version, as the file names have it.
    pub version: String,
    /// The paths of the wheels.
    pub wheels: Vec<String>,
    /// Whether they were fetched by name: then they are those that installers take on this machine, and not all of the
    /// release.
    pub fetched: bool,
    /// The paths of source distributions of the same version, from which an installer builds where it gets no wheel.
    pub sdists: Vec<String>,
    /// `Requires-Python` of the wheels, each once, sorted.
    pub requires_python: Vec<String>,
    /// Which wheel installers choose, by system.
    pub systems: Vec<SystemEntry>,
    /// The interpreters with a GIL that get no wheel where others do, although `Requires-Python` allows them.
    pub gaps: Vec<GapEntry>,
    /// Why an index such as `PyPI` refuses a wheel.
    pub obstacles: Vec<ObstacleEntry>,
    /// The comparison with another release. `None` when there is none to compare with.
    pub against: Option<AgainstEntry>,
}

/// Systems of one kind, from a version on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemsEntry {
    /// `glibc`, `musl`, `macos` or `windows`.
    pub family: String,
    /// The machine, as platform tags write it: `x86_64`, `arm64`, `amd64`.
    pub arch: String,
    /// The oldest version of glibc, musl or macOS. `None` for Windows.
    pub since: Option<String>,
    /// The first version that is no longer meant. `None` where there is no such.
    pub below: Option<String>,
    /// The same in words: `Linux x86_64, glibc 2.17 to 2.27`.
    pub words: String,
}

/// What installers choose on some systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemEntry {
    /// The systems.
    #[serde(flatten)]
    pub systems: SystemsEntry,
    /// One for each interpreter.
    pub choices: Vec<ChoiceEntry>,
}

/// What an installer of an interpreter chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChoiceEntry {
    /// The interpreter.
    pub python: AbiTag,
    /// The path of the wheel. `None` when there is none for it.
    pub wheel: Option<String>,
    /// The tag of the wheel that decided: `cp39-abi3-manylinux_2_17_x86_64`.
    pub tag: Option<String>,
    /// Whether `Requires-Python` of every wheel excludes the interpreter.
    pub excluded: bool,
}

/// Interpreters that get no wheel on some systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GapEntry {
    /// The systems.
    #[serde(flatten)]
    pub systems: SystemsEntry,
    /// The interpreters.
    pub pythons: Vec<AbiTag>,
}

/// Why an index refuses a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObstacleEntry {
    /// The path of the wheel.
    pub wheel: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The comparison with another release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgainstEntry {
    /// The versions of the other wheels, each once.
    pub versions: Vec<String>,
    /// Whether the other wheels were fetched by name: then only what this machine installs is compared.
    pub fetched: bool,
    /// The file names of the other wheels.
    pub wheels: Vec<String>,
    /// What had a wheel for the platform there and has none here.
    pub lost: Vec<GapEntry>,
    /// The same, where `Requires-Python` excludes the interpreters here.
    pub dropped: Vec<GapEntry>,
}

impl ReleaseEntry {
    /// Whether the release has lost something that the other one had.
    pub fn has_lost(&self) -> bool {
        self.against.as_ref().is_some_and(|against| !against.lost.is_empty())
    }
}
