//! Places of the archive that two readers understand differently.

use std::collections::BTreeMap;

use soabi_core::Severity;
use soabi_wheel::{Ambiguity, AmbiguityKind};

use super::rule;
use crate::hit::Hit;
use crate::platform::PlatformTag;
use crate::subject::Subject;
use crate::wheel_facts::WheelFacts;
use crate::world::World;

rule!("ambiguous-archive", Error, "the archive can be read in two ways, so installers differ or refuse it");

/// How many ambiguities of one kind are findings of their own.
const SHOWN: usize = 20;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hits = Vec::new();
    for ambiguity in &wheel.ambiguities {
        let count = counts.entry(ambiguity.kind.id()).or_default();
        *count += 1;
        if *count <= SHOWN {
            hits.push(hit(wheel, ambiguity));
        }
    }
    for (kind, count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
        let more = format!("{} more places of the archive are like those: {kind}", count - SHOWN);
        hits.push(Hit::whole(more).evidence("kind", [kind]));
    }
    hits
}

fn hit(wheel: &WheelFacts, ambiguity: &Ambiguity) -> Hit {
    let kind = &ambiguity.kind;
    let message = match ambiguity.member {
        Some(_) => kind.as_str().to_owned(),
        None => format!("the archive {}", kind.as_str()),
    };
    let hit = Hit { object: ambiguity.member.clone(), ..Hit::whole(message) }
        .downgraded_to(severity(wheel, kind))
        .evidence("kind", [kind.id()])
        .evidence("offset", [ambiguity.offset]);
    let hit = match kind {
        AmbiguityKind::LocalName { local } | AmbiguityKind::Unlisted { local } => {
            hit.evidence("local", [local])
        }
        AmbiguityKind::LocalMethod { local, directory } | AmbiguityKind::LocalFlags { local, directory } => {
            hit.evidence("local", [local]).evidence("directory", [directory])
        }
        AmbiguityKind::BytesBefore { bytes }
        | AmbiguityKind::BytesBetween { bytes }
        | AmbiguityKind::BytesBehind { bytes } => hit.evidence("bytes", [bytes]),
        AmbiguityKind::EntryCount { stated, actual } => {
            hit.evidence("stated", [stated]).evidence("actual", [actual])
        }
        AmbiguityKind::SecondDistInfo { folders } => hit.evidence("folders", folders.iter().take(SHOWN)),
        AmbiguityKind::DuplicateFolded { other } | AmbiguityKind::UnicodePath { other } => {
            hit.evidence("other", [other])
        }
        AmbiguityKind::Method { method } => hit.evidence("method", [method]),
        AmbiguityKind::VersionNeeded { version } => hit.evidence("version", [version]),
        _ => hit,
    };
    hit.help(
        "pack the wheel again with `wheel pack` or the build backend: regular files, each once, nothing else",
    )
}

/// An error where installers write different files, or where one of them or the index refuses the wheel; a warning
/// where they agree, and only file systems or unpacking by other means make a difference.
fn severity(wheel: &WheelFacts, kind: &AmbiguityKind) -> Severity {
    match kind {
        // File systems of Linux tell the two apart.
        AmbiguityKind::DuplicateFolded { .. } if is_for_linux_only(wheel) => Severity::Note,
        AmbiguityKind::DuplicateFolded { .. }
        | AmbiguityKind::RedundantPart
        | AmbiguityKind::Backslash
        | AmbiguityKind::SymbolicLink
        | AmbiguityKind::SpecialFile
        | AmbiguityKind::FolderWithBytes => Severity::Warning,
        _ => Severity::Error,
    }
}

fn is_for_linux_only(wheel: &WheelFacts) -> bool {
    let is_linux = |tag: PlatformTag<'_>| {
        matches!(
            tag,
            PlatformTag::Manylinux { .. } | PlatformTag::Musllinux { .. } | PlatformTag::Linux { .. }
        )
    };
    wheel.name.platforms.iter().all(|tag| is_linux(PlatformTag::parse(tag)))
}
