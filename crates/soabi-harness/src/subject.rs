//! Subjects: the rows of the matrix.

use std::path::Path;

use soabi_core::{AbiTag, Arch, Artifact, ArtifactId, Claim, ModuleFileName};
use soabi_object::machine_of;

use crate::foreign::placed::Placed;

/// The flavor of a file that somebody else built.
pub const GIVEN: &str = "given";

/// An artifact with what is known of its making, or the reason why there is none.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The artifact. There is no file behind it when `missing` says why.
    pub artifact: Artifact,
    /// The flavor: `c-abi3-py39`, or [`GIVEN`].
    pub flavor: String,
    /// The flavor without its floor, `c-abi3`; for somebody else's file its name.
    pub family: String,
    /// What it was made from, `src/spam_multi.c`; for somebody else's file its name. Only what was made from the
    /// same can have the same bytes.
    pub source: String,
    /// The ABI that it was built for or, for a stable ABI, with.
    pub built_for: AbiTag,
    /// The commands that made it, as a shell takes them.
    pub commands: Vec<String>,
    /// Why its file is not there.
    pub missing: Option<String>,
    /// The machine that its code is for, where that is another one than soabi runs on.
    pub machine: Option<Arch>,
    /// Where it lies, for a module of something that was installed. Others are imported from a folder with nothing else.
    pub placed: Option<Placed>,
}

impl Subject {
    /// Somebody else's extension module. `None` when the file does not have the name of one.
    ///
    /// What it claims is what its name says: a `.abi3.so` does not say from which version on it is good, and a
    /// bare `.so` says nothing.
    pub fn given(path: &Path) -> Option<Self> {
        let file_name = path.file_name()?.to_str()?;
        let ModuleFileName { module, suffix } = ModuleFileName::parse(file_name)?;
        Some(Self {
            artifact: Artifact {
                id: ArtifactId(file_name.to_owned()),
                claim: Claim::exactly(suffix.abi()),
                module,
                file_name: file_name.to_owned(),
                path: path.to_owned(),
            },
            flavor: GIVEN.to_owned(),
            family: file_name.to_owned(),
            source: file_name.to_owned(),
            built_for: suffix.abi(),
            commands: Vec::new(),
            missing: None,
            machine: machine_of(path).filter(|arch| *arch != Arch::here()),
            placed: None,
        })
    }
}
