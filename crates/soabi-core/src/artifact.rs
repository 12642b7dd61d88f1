//! Artifacts: files that hold an extension module, and what they claim.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::abi_tag::AbiTag;
use crate::version::PyVersion;

/// What an artifact's author says about the interpreters it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The ABI that it was built for. [`AbiTag::None`] when nobody says.
    pub abi: AbiTag,
    /// For a stable ABI, the first version it is good for. `None` when nobody says.
    pub floor: Option<PyVersion>,
}

impl Claim {
    /// The claim to be good for exactly one ABI.
    pub const fn exactly(abi: AbiTag) -> Self {
        Self { abi, floor: None }
    }

    /// The claim to be good for every version from `floor` on.
    pub const fn abi3(floor: PyVersion) -> Self {
        Self { abi: AbiTag::Abi3, floor: Some(floor) }
    }
}

/// A file that holds an extension module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its name in reports.
    pub id: ArtifactId,
    /// What it claims.
    pub claim: Claim,
    /// The module's name, without packages.
    pub module: String,
    /// Its real file name, without folders.
    pub file_name: String,
    /// Where the file is.
    pub path: PathBuf,
}

impl Artifact {
    /// The name under which the file meets an interpreter, without folders.
    pub fn file_name_as(&self, file: FileName) -> Cow<'_, str> {
        match file {
            FileName::Tagged => Cow::Borrowed(&self.file_name),
            FileName::Bare => Cow::Owned(format!("{}.so", self.module)),
        }
    }

    /// Whether its own file name is the bare one already.
    pub fn is_bare(&self) -> bool {
        self.file_name == self.file_name_as(FileName::Bare)
    }
}

/// Under which file name the artifact meets the interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FileName {
    /// Its own, with the tag that says what it was built for.
    Tagged,
    /// Renamed to the bare `<module>.so`, which every Python looks for.
    Bare,
}

/// The name of an artifact in reports: `<flavor>/<built for>` for a specimen, such as `c-single/cp311`; the
/// file's own name for somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ArtifactId(pub String);

impl ArtifactId {
    /// The specimen of `flavor` that was built for, or with, the interpreter `built_for`.
    pub fn specimen(flavor: &str, built_for: AbiTag) -> Self {
        Self(format!("{flavor}/{built_for}"))
    }
}

impl fmt::Display for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
