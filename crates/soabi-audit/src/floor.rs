//! The lowest Python that each module needs, and what keeps it from the stable ABIs: from inputs to the entries of
//! `soabi/floor/v1`.
//!
//! Names are those that the file imports, numbers those of the definitions that were read. What a macro compiled in and
//! left no name and no number of is not seen.

use std::collections::BTreeSet;

use soabi_core::finding::EVIDENCE_LIMIT;
use soabi_core::foreign::from_bytes;
use soabi_core::{AbiTag, CpythonAbi, PyVersion};
use soabi_report::floor::{BlockerEntry, FloorFile, ModuleFloor, NeededName, NeededNumber, StableGoal};
use soabi_rules::keeps::{self, Blocker, Goal};
use soabi_rules::tables::ExportTable;
use soabi_rules::{Binding, Object, Python, PythonImport};

use crate::inputs::Input;
use crate::memory::Memory;
use crate::read::{self, How};

/// The floors of everything in `inputs`. The reader may hold `memory`.
pub fn floors(inputs: &[Input], memory: &Memory) -> Vec<FloorFile> {
    inputs.iter().map(|input| floor(input, memory)).collect()
}

fn floor(input: &Input, memory: &Memory) -> FloorFile {
    let path = from_bytes(input.path.as_os_str().as_encoded_bytes());
    match read::read(input, How { memory, in_full: true }) {
        Err(error) => FloorFile { path, modules: Vec::new(), errors: vec![error] },
        Ok(subject) => {
            let errors = subject.unread.iter().map(|unread| match &unread.member {
                Some(member) => format!("{member}: {}", unread.reason),
                None => unread.reason.clone(),
            });
            let errors = errors.collect();
            FloorFile { path, modules: subject.extensions().map(module).collect(), errors }
        }
    }
}

/// The ordinary builds of CPython that the tables know, oldest first.
fn releases() -> Vec<PyVersion> {
    let abis = ExportTable::get().abis().into_iter();
    let version = |abi| match abi {
        AbiTag::Cpython(abi) if abi == CpythonAbi::release(abi.version) => Some(abi.version),
        _ => None,
    };
    abis.filter_map(version).collect()
}

fn module(object: &Object) -> ModuleFloor {
    let releases = releases();
    let by_data = object.reading.as_ref().and_then(|reading| reading.minimum_by_data.as_ref());
    let by_data = by_data.map(|minimum| NeededNumber {
        version: PyVersion::new(minimum.version.0, minimum.version.1),
        because: minimum.because.clone(),
    });
    let needs: Vec<Needs<'_>> =
        object.imports.iter().map(|import| Needs::of(object, import, &releases)).collect();
    let knows = |version: &PyVersion| by_data.as_ref().is_none_or(|data| data.version <= *version);
    let exports = |version: &PyVersion| needs.iter().all(|needs| needs.exported_by.contains(version));
    let fitting: Vec<PyVersion> =
        releases.iter().filter(|version| exports(version) && knows(version)).copied().collect();
    let (lowest, highest) = (fitting.first().copied(), fitting.last().copied());
    let entries = |holds: &dyn Fn(&Needs<'_>) -> bool| {
        needs.iter().filter(|needs| holds(needs)).take(EVIDENCE_LIMIT).map(Needs::entry).collect::<Vec<_>>()
    };
    // Between 2.7 and the oldest 3 that was measured nothing is known, and a name of Python 3 says nothing.
    let below = |version: PyVersion| {
        releases.iter().rev().find(move |older| **older < version && older.major == version.major)
    };
    let above = |version: PyVersion| releases.iter().find(move |newer| **newer > version);
    let lacks = |needs: &Needs<'_>, version: Option<&PyVersion>| {
        version.is_some_and(|version| !needs.exported_by.contains(version))
    };
    ModuleFloor {
        member: object.member.clone(),
        module: object.module(3).to_owned(),
        arch: object.facts.arch.to_string(),
        abi: claimed_abi(object),
        promised: promised(object),
        lowest,
        lowest_is_oldest_known: lowest.is_some_and(|lowest| below(lowest).is_none()),
        highest,
        holds_up: match lowest {
            Some(lowest) => entries(&|needs| lacks(needs, below(lowest))),
            // No one Python has them all: those that the newest lacks, and those that are in none.
            None => entries(&|needs| lacks(needs, releases.last())),
        },
        holds_down: highest.map(|highest| entries(&|needs| lacks(needs, above(highest)))).unwrap_or_default(),
        by_data,
        goals: [(Goal::Abi3, AbiTag::Abi3), (Goal::Abi3t, AbiTag::Abi3t)]
            .map(|(goal, abi)| stable_goal(object, goal, abi))
            .into(),
        toolkit_advice: keeps::toolkit_advice(object).map(str::to_owned),
    }
}

/// The ABI that the file's name claims; or, where it claims none, as on Windows, that of the wheel's tags.
fn claimed_abi(object: &Object) -> AbiTag {
    let of_tags = || match (object.stable_claim(), &object.claims[..]) {
        (Some(claim), _) => claim.abi,
        (None, [claim]) => claim.abi,
        (None, _) => AbiTag::None,
    };
    Some(object.named_abi()).filter(|abi| *abi != AbiTag::None).unwrap_or_else(of_tags)
}

/// The first version that a stable ABI is claimed for, or the oldest CPython that the name or the tags promise.
fn promised(object: &Object) -> Option<PyVersion> {
    let versions = object.promised.iter().filter_map(|abi| match abi {
        AbiTag::Cpython(abi) => Some(abi.version),
        _ => None,
    });
    object.baseline().or_else(|| versions.min())
}

/// A name that a module needs.
struct Needs<'a> {
    import: &'a PythonImport,
    exported_by: BTreeSet<PyVersion>,
}

impl<'a> Needs<'a> {
    fn of(object: &Object, import: &'a PythonImport, releases: &[PyVersion]) -> Self {
        let has = |version: &&PyVersion| {
            let python = Python::known(AbiTag::Cpython(CpythonAbi::release(**version)), None);
            matches!(python.binds(import, object.home), Binding::Binds | Binding::Depends)
        };
        Self { import, exported_by: releases.iter().filter(has).copied().collect() }
    }

    fn entry(&self) -> NeededName {
        NeededName {
            name: self.import.name.clone(),
            exported_by: self.exported_by.iter().copied().collect(),
            origin: None,
        }
    }
}

fn stable_goal(object: &Object, goal: Goal, abi: AbiTag) -> StableGoal {
    let blockers = keeps::keeps(object, goal);
    let first =
        if goal == Goal::Abi3t { soabi_rules::claims::FIRST_ABI3T } else { soabi_rules::claims::FIRST_ABI3 };
    let from = blockers.iter().try_fold(first, |floor, blocker| Some(floor.max(blocker.since?)));
    StableGoal {
        goal: abi,
        from,
        more: blockers.len().saturating_sub(EVIDENCE_LIMIT),
        blockers: blockers.into_iter().take(EVIDENCE_LIMIT).map(entry).collect(),
    }
}

fn entry(blocker: Blocker) -> BlockerEntry {
    let Blocker { kind, what, why, since } = blocker;
    BlockerEntry { kind: kind.as_str().to_owned(), what, why, since, origin: None, instead: None }
}
