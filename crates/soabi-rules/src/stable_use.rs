//! Stable use: what a file takes from an interpreter, held against the stable ABI from one version on.
//!
//! This is abi3audit's question. A name counts when the dynamic linker takes it from the interpreter: an import, or the
//! file's own function that an interpreter captures (`symbol-capture`). The file's other functions do not, whatever they
//! are called. Whether an interpreter has a name is another question, which [`predict`](mod@crate::predict) answers.

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, Claim, PyVersion};

use crate::capture::captured;
use crate::object::{Object, promised};
use crate::tables::StableAbi;
use crate::world::World;

/// What a file takes from an interpreter that the stable ABI from some version on does not promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StableUse {
    /// Names that are in no stable ABI.
    pub outside: BTreeSet<String>,
    /// Names that are promised from a later version on, each with that version.
    pub later: BTreeMap<String, PyVersion>,
}

impl StableUse {
    /// What `object` takes beyond the stable ABI from `baseline` on.
    pub fn of(object: &Object, baseline: PyVersion) -> Self {
        let claim = Claim { abi: AbiTag::Abi3, floor: Some(baseline) };
        let pythons = promised(&[claim]);
        let captured = captured(object, &World::default(), &pythons);
        let captured = captured.iter().flat_map(|(_, names)| names.iter().copied());
        let imported = object.imports.iter().map(|import| import.name.as_str());
        let mut used = Self::default();
        for name in imported.chain(captured) {
            match StableAbi::get().symbol(name) {
                None => {
                    used.outside.insert(name.to_owned());
                }
                Some(stable) if stable.added > baseline => {
                    used.later.insert(name.to_owned(), stable.added);
                }
                Some(_) => {}
            }
        }
        used
    }

    /// Both together: of the slices of a universal file.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.outside.extend(other.outside);
        self.later.extend(other.later);
        self
    }

    /// The first version from `baseline` on that promises every name that any version promises.
    pub fn computed(&self, baseline: PyVersion) -> PyVersion {
        self.later.values().copied().fold(baseline, PyVersion::max)
    }
}
