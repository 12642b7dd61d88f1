//! `RECORD` against the members of the wheel.

use soabi_core::Severity;
use soabi_wheel::{RecordMismatch, RecordMismatchKind};

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!("record-mismatch", Warning, "the wheel's RECORD does not list what the wheel has");

/// How many files are named.
const SHOWN: usize = 20;

/// The kinds, each with its severity and the text for one file and for several. Severities follow what the index and
/// installers do with such a wheel: a missing `RECORD` is refused by pip, other differences are refused or announced
/// to be refused by the index, and a missing hash is only weaker than it could be.
const KINDS: [(RecordMismatchKind, Severity, &str, &str); 9] = [
    (
        RecordMismatchKind::NoRecord,
        Severity::Warning,
        "the wheel has no RECORD, without which pip refuses it",
        "",
    ),
    (RecordMismatchKind::Empty, Severity::Warning, "the wheel's RECORD lists nothing", ""),
    (
        RecordMismatchKind::Hash,
        Severity::Warning,
        "has another hash than RECORD says",
        "files have another hash than RECORD says",
    ),
    (
        RecordMismatchKind::Size,
        Severity::Warning,
        "has another size than RECORD says",
        "files have another size than RECORD says",
    ),
    (
        RecordMismatchKind::NotListed,
        Severity::Warning,
        "is not listed in RECORD",
        "files are not listed in RECORD",
    ),
    (
        RecordMismatchKind::NotThere,
        Severity::Warning,
        "is listed in RECORD and not in the wheel",
        "files are listed in RECORD and not in the wheel",
    ),
    (
        RecordMismatchKind::WeakHash,
        Severity::Warning,
        "is listed in RECORD with a hash that is weaker than SHA-256",
        "files are listed in RECORD with hashes that are weaker than SHA-256",
    ),
    (
        RecordMismatchKind::Duplicate,
        Severity::Note,
        "is listed in RECORD twice",
        "files are listed in RECORD twice",
    ),
    (
        RecordMismatchKind::NoHash,
        Severity::Note,
        "is listed in RECORD without a hash",
        "files are listed in RECORD without a hash",
    ),
];

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let hits = KINDS.iter().filter_map(|(kind, severity, one, several)| {
        let found = || wheel.record.iter().filter(|mismatch| mismatch.kind == *kind);
        let first = found().next()?;
        let hit = match (found().count(), &first.path) {
            (1, Some(path)) => Hit { object: Some(path.clone()), ..Hit::whole(*one) },
            (_, None) => Hit::whole(*one),
            (count, Some(_)) => Hit::whole(format!("{count} {several}")).evidence("files", files(found())),
        };
        Some(
            hit.downgraded_to(*severity).help(
                "write RECORD last: `wheel pack` makes it anew after files were changed, added or removed",
            ),
        )
    });
    hits.collect()
}

fn files<'a>(found: impl Iterator<Item = &'a RecordMismatch>) -> Vec<&'a String> {
    found.filter_map(|mismatch| mismatch.path.as_ref()).take(SHOWN).collect()
}
