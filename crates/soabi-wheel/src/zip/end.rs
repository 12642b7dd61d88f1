//! The end of an archive: its end records, and where the directory is (APPNOTE.TXT 4.3.14 to 4.3.16).
//!
//! Of several possible ends the one is taken that `zipfile` takes: the last 22 bytes if they are an end record without
//! a comment, or else the last signature.

use super::error::ArchiveError;
use super::fields::Fields;
use crate::ambiguity::{Ambiguity, AmbiguityKind};
use crate::source::{ReadAt, bytes_at};

const SIGNATURE: &[u8] = b"PK\x05\x06";
const LENGTH: usize = 22;
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: usize = 20;
const SIGNATURE_64: &[u8] = b"PK\x06\x06";
const LENGTH_64: usize = 56;
/// The size that a zip64 end record gives itself, without its first 12 bytes.
const STATED_LENGTH_64: u64 = 44;
const LARGEST_COMMENT: usize = 0xffff;

/// What the end records say, put in order.
#[derive(Debug)]
pub(super) struct End {
    /// The place of the end record.
    pub(super) at: u64,
    /// The first byte of the directory.
    pub(super) directory: u64,
    /// The bytes that the directory has.
    pub(super) directory_size: u64,
    /// How many members the end record counts.
    pub(super) entries: u64,
    /// What has to be added to every offset, because something stands in front of the archive.
    pub(super) base: u64,
    /// Where the end records start: the directory should end there.
    pub(super) records: u64,
    /// The first byte behind the end record and its comment.
    pub(super) behind: u64,
    /// The size of the file.
    pub(super) file: u64,
    /// Other places that look like an end record.
    pub(super) others: Vec<OtherEnd>,
}

/// A signature of an end record that was not taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct OtherEnd {
    pub(super) at: u64,
    /// Whether its comment would end where the file does, as that of a real one.
    pub(super) fits: bool,
}

/// The values of one end record. In the first one, all ones say that the value is in the zip64 record.
#[derive(Clone, Copy, Debug, Default)]
struct Values {
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
}

pub(super) fn find(source: &dyn ReadAt, file: u64, found: &mut Vec<Ambiguity>) -> Result<End, ArchiveError> {
    let length = file.min((LENGTH + LARGEST_COMMENT) as u64);
    let tail_start = file - length;
    let tail = bytes_at(source, tail_start, usize::try_from(length).unwrap_or(usize::MAX))?;
    let signatures: Vec<usize> = tail
        .windows(SIGNATURE.len())
        .enumerate()
        .filter_map(|(at, window)| (window == SIGNATURE).then_some(at))
        .collect();
    let has_room = |at: &&usize| tail.len() - **at >= LENGTH;
    let without_comment = tail
        .len()
        .checked_sub(LENGTH)
        .filter(|at| tail[*at..].starts_with(SIGNATURE) && tail.ends_with(&[0, 0]));
    let chosen = without_comment
        .or_else(|| signatures.iter().rev().find(has_room).copied())
        .ok_or(ArchiveError::NoEnd)?;
    let at = tail_start + chosen as u64;
    let mut sink = |offset, kind| found.push(Ambiguity { member: None, offset, kind });

    let mut fields = Fields(&tail[chosen + SIGNATURE.len()..]);
    let (disks, mut values, comment) = end_record(&mut fields).ok_or(ArchiveError::NoEnd)?;
    let mut behind = at + LENGTH as u64 + u64::from(comment);
    if behind > file {
        sink(at, AmbiguityKind::EndComment);
        behind = file;
    }
    let mut records = at;
    let mut split = disks;
    if let Some(zip64) = zip64(source, at)? {
        split |= zip64.split;
        let offset = zip64.at;
        if zip64.stated_length != STATED_LENGTH_64 {
            sink(offset, AmbiguityKind::Zip64Record);
        }
        if !zip64.is_continued_by(values) {
            sink(offset, AmbiguityKind::Zip64Values);
        }
        if zip64.misplaced {
            sink(offset, AmbiguityKind::Zip64Place);
        }
        values = zip64.values;
        records = zip64.at;
    }
    if split || values.entries_here != values.entries {
        sink(at, AmbiguityKind::SplitArchive);
    }
    let (directory, base) = directory(source, records, values, &mut sink)?;
    let others = signatures.iter().filter(|other| **other != chosen).map(|&other| {
        let comment = tail.get(other + LENGTH - 2..other + LENGTH);
        let comment = comment.and_then(|length| Fields(length).u16());
        let fits = comment.is_some_and(|comment| other + LENGTH + usize::from(comment) == tail.len());
        OtherEnd { at: tail_start + other as u64, fits }
    });
    let others = others.collect();
    let (directory_size, entries) = (values.size, values.entries);
    Ok(End { at, directory, directory_size, entries, base, records, behind, file, others })
}

/// Whether the archive is split, the values, and the length of the comment.
fn end_record(fields: &mut Fields<'_>) -> Option<(bool, Values, u16)> {
    let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
    let entries_here = u64::from(fields.u16()?);
    let entries = u64::from(fields.u16()?);
    let size = u64::from(fields.u32()?);
    let offset = u64::from(fields.u32()?);
    // All ones: the number is in the zip64 record.
    let split = [disk, directory_disk].iter().any(|disk| *disk != 0 && *disk != u16::MAX);
    Some((split, Values { entries_here, entries, size, offset }, fields.u16()?))
}

struct Zip64 {
    at: u64,
    values: Values,
    stated_length: u64,
    split: bool,
    misplaced: bool,
}

impl Zip64 {
    /// Whether each value of the first record is that of this one, or refers to it.
    fn is_continued_by(&self, first: Values) -> bool {
        let (short, long) = (u64::from(u16::MAX), u64::from(u32::MAX));
        [
            (first.entries_here, self.values.entries_here, short),
            (first.entries, self.values.entries, short),
            (first.size, self.values.size, long),
            (first.offset, self.values.offset, long),
        ]
        .iter()
        .all(|(first, second, refers)| first == second || first == refers)
    }
}

/// The zip64 end record, if there is a locator in front of the end record at `end`.
///
/// `zipfile` takes the bytes in front of the locator, others the place that the locator gives.
fn zip64(source: &dyn ReadAt, end: u64) -> Result<Option<Zip64>, ArchiveError> {
    let Some(locator_at) = end.checked_sub(LOCATOR_LENGTH as u64) else { return Ok(None) };
    let locator = bytes_at(source, locator_at, LOCATOR_LENGTH)?;
    let mut fields = Fields(&locator);
    if fields.take(4) != Some(LOCATOR) {
        return Ok(None);
    }
    let stated = (|| Some((fields.u32()?, fields.u64()?, fields.u32()?)))();
    let Some((disk, stated, disks)) = stated else { return Ok(None) };
    let expected = locator_at.checked_sub(LENGTH_64 as u64);
    for at in [expected, Some(stated).filter(|at| *at < locator_at)].into_iter().flatten() {
        let mut record = [0; LENGTH_64];
        if source.read_exact_at(&mut record, at).is_err() {
            continue;
        }
        if let Some((stated_length, split, values)) = zip64_record(&record) {
            let split = split || disk != 0 || disks > 1;
            // Bytes in front of the archive move the record, and are reported as such.
            let moved = expected == Some(at) && values.offset.checked_add(values.size) == Some(stated);
            let misplaced = !moved && (expected != Some(at) || at != stated);
            return Ok(Some(Zip64 { at, values, stated_length, split, misplaced }));
        }
    }
    Err(ArchiveError::Zip64)
}

fn zip64_record(record: &[u8]) -> Option<(u64, bool, Values)> {
    let mut fields = Fields(record);
    if fields.take(4)? != SIGNATURE_64 {
        return None;
    }
    let length = fields.u64()?;
    fields.take(4)?;
    let split = fields.u32()? != 0 || fields.u32()? != 0;
    let (entries_here, entries) = (fields.u64()?, fields.u64()?);
    Some((length, split, Values { entries_here, entries, size: fields.u64()?, offset: fields.u64()? }))
}

/// Where the directory starts, and what stands in front of the archive.
fn directory(
    source: &dyn ReadAt,
    records: u64,
    values: Values,
    sink: &mut impl FnMut(u64, AmbiguityKind),
) -> Result<(u64, u64), ArchiveError> {
    let by_end = records.checked_sub(values.size).ok_or(ArchiveError::Directory)?;
    if by_end == values.offset {
        return Ok((by_end, 0));
    }
    let is_directory = |at: u64| {
        let mut signature = [0; 4];
        source.read_exact_at(&mut signature, at).is_ok() && signature == *super::entry::SIGNATURE
    };
    if let Some(base) = by_end.checked_sub(values.offset)
        && (values.size == 0 || is_directory(by_end))
    {
        return Ok((by_end, base));
    }
    sink(values.offset, AmbiguityKind::DirectoryPlace);
    let fits = values.offset.checked_add(values.size).is_some_and(|end| end <= records);
    let at = if fits && is_directory(values.offset) { values.offset } else { by_end };
    Ok((at, 0))
}
