//! Whether every byte of an archive belongs to exactly one thing.

use super::end::End;
use super::entry::Entry;
use super::error::ArchiveError;
use super::local::{self, Extent, HAS_DESCRIPTOR};
use crate::ambiguity::{Ambiguity, AmbiguityKind};
use crate::member::Member;
use crate::source::ReadAt;

/// Walks over the archive from its first byte to its last.
pub(super) fn check(
    source: &dyn ReadAt,
    end: &End,
    entries: &[Entry<'_>],
    members: &[Member],
    mut extents: Vec<Option<Extent>>,
    ambiguities: &mut Vec<Ambiguity>,
) -> Result<(), ArchiveError> {
    let mut order: Vec<(u64, usize)> = extents
        .iter()
        .enumerate()
        .filter_map(|(index, extent)| extent.map(|extent| (extent.start, index)))
        .collect();
    order.sort_unstable();
    let mut report = |member: Option<usize>, offset, kind| {
        let member = member.map(|index| members[index].name.clone());
        ambiguities.push(Ambiguity { member, offset, kind });
    };
    let mut at = 0;
    for (position, &(start, index)) in order.iter().enumerate() {
        let next = order.get(position + 1).map_or(end.directory, |(start, _)| *start);
        let Some(extent) = &mut extents[index] else { continue };
        if entries[index].flags & HAS_DESCRIPTOR != 0 {
            match local::descriptor_end(source, &entries[index], extent.end, next)? {
                Some(end) => extent.end = end,
                None => report(Some(index), extent.end, AmbiguityKind::Descriptor),
            }
        }
        if start < at || extent.end > end.directory {
            report(Some(index), start, AmbiguityKind::Overlap);
        } else if start > at {
            report(None, at, stray(source, at, start)?);
        }
        at = at.max(extent.end);
    }
    if at < end.directory {
        report(None, at, stray(source, at, end.directory)?);
    }
    let directory_end = end.directory + end.directory_size;
    if directory_end < end.records {
        report(None, directory_end, AmbiguityKind::BytesBetween { bytes: end.records - directory_end });
    }
    if end.behind < end.file {
        report(None, end.behind, AmbiguityKind::BytesBehind { bytes: end.file - end.behind });
    }
    // An archive inside of an archive has an end record of its own, among a member's bytes.
    let in_member = |at: u64| {
        let before = order.partition_point(|(start, _)| *start <= at);
        let member = before.checked_sub(1).and_then(|before| extents[order[before].1]);
        member.is_some_and(|extent| (extent.data..extent.end).contains(&at))
    };
    if let Some(other) = end.others.iter().find(|other| other.fits || !in_member(other.at)) {
        report(None, other.at, AmbiguityKind::SecondEnd);
    }
    Ok(())
}

/// What the bytes from `at` to `next` are, which belong to no member of the directory.
fn stray(source: &dyn ReadAt, at: u64, next: u64) -> Result<AmbiguityKind, ArchiveError> {
    let bytes = next - at;
    Ok(match local::unlisted(source, at, next)? {
        Some(local) => AmbiguityKind::Unlisted { local },
        None if at == 0 => AmbiguityKind::BytesBefore { bytes },
        None => AmbiguityKind::BytesBetween { bytes },
    })
}
