//! The header in front of each member's bytes, and the record behind them (APPNOTE.TXT 4.3.7 and 4.3.9), against the
//! directory.

use std::io;

use super::entry::{Entry, Extra};
use super::error::ArchiveError;
use super::fields::Fields;
use crate::ambiguity::AmbiguityKind;
use crate::source::{ReadAt, bytes_at};

pub(super) const SIGNATURE: &[u8; 4] = b"PK\x03\x04";
pub(super) const LENGTH: usize = 30;
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
const LONGEST_DESCRIPTOR: u64 = 24;
/// How much of another name is kept, in bytes.
const KEPT_OF_NAME: usize = 256;

pub(super) const ENCRYPTED: u16 = 1;
pub(super) const HAS_DESCRIPTOR: u16 = 1 << 3;
pub(super) const PATCH: u16 = 1 << 5;
pub(super) const STRONGLY_ENCRYPTED: u16 = 1 << 6;
pub(super) const UTF_8: u16 = 1 << 11;
/// Flags that change how a member is read. The rest are hints of the compressor.
const COMPARED: u16 = ENCRYPTED | HAS_DESCRIPTOR | PATCH | STRONGLY_ENCRYPTED | UTF_8;

/// The bytes of the archive that a member takes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    /// The first byte of its content.
    pub(super) data: u64,
    /// The first byte behind it, its descriptor included.
    pub(super) end: u64,
}

/// The header without its name and extra field.
struct Header {
    flags: u16,
    method: u16,
    crc: u32,
    compressed_size: u32,
    size: u32,
    name: u16,
    extra: u16,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let mut fields = Fields(bytes);
    if fields.take(4)? != SIGNATURE {
        return None;
    }
    fields.take(2)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.take(4)?;
    let (crc, compressed_size, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    Some(Header { flags, method, crc, compressed_size, size, name: fields.u16()?, extra: fields.u16()? })
}

/// Bytes that members may take up together: each byte of the archive once. What exceeds it overlaps.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) claimed: u64,
    pub(super) file: u64,
}

impl Budget {
    fn charge(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        self.claimed = self.claimed.saturating_add(bytes);
        if self.claimed > self.file {
            return Err(ArchiveError::Overlap { claimed: self.claimed, file: self.file });
        }
        Ok(())
    }
}

/// Compares the header at `start` with its entry. `None` when there is no header.
pub(super) fn compare(
    source: &dyn ReadAt,
    entry: &Entry<'_>,
    start: u64,
    budget: &mut Budget,
    sink: &mut impl FnMut(AmbiguityKind),
) -> Result<Option<Extent>, ArchiveError> {
    budget.charge(LENGTH as u64)?;
    let expected = budget.file.saturating_sub(start).min((LENGTH + entry.name.len()) as u64);
    let mut bytes = vec![0; usize::try_from(expected).unwrap_or(0)];
    match source.read_exact_at(&mut bytes, start) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let Some(local) = header(&bytes) else { return Ok(None) };
    let data = start + LENGTH as u64 + u64::from(local.name) + u64::from(local.extra);
    if data.checked_add(entry.compressed_size).is_none_or(|end| end > budget.file) {
        return Ok(None);
    }
    budget.charge(data - start - LENGTH as u64 + entry.compressed_size)?;

    if usize::from(local.name) != entry.name.len() || bytes[LENGTH..] != *entry.name {
        sink(AmbiguityKind::LocalName { local: name_at(source, start, local.name)? });
    }
    if local.method != entry.method {
        sink(AmbiguityKind::LocalMethod { local: local.method, directory: entry.method });
    }
    // The flag for UTF-8 says nothing about ASCII.
    let compared = if entry.name.is_ascii() { COMPARED & !UTF_8 } else { COMPARED };
    if (local.flags ^ entry.flags) & compared != 0 {
        sink(AmbiguityKind::LocalFlags { local: local.flags, directory: entry.flags });
    }
    let extra_at = start + LENGTH as u64 + u64::from(local.name);
    let extra = bytes_at(source, extra_at, usize::from(local.extra))?;
    let mut extra = Extra::parse(&extra);
    let [size, compressed_size] = extra.widen([local.size, local.compressed_size]);
    let streamed = local.flags & HAS_DESCRIPTOR != 0;
    // With a descriptor behind the bytes, zeros stand for values that were not known yet.
    if (size, compressed_size) != (entry.size, entry.compressed_size)
        && !(streamed && size == 0 && compressed_size == 0)
    {
        sink(AmbiguityKind::LocalSize);
    }
    if local.crc != entry.crc && !(streamed && local.crc == 0) {
        sink(AmbiguityKind::LocalChecksum);
    }
    if extra.damaged {
        sink(AmbiguityKind::ExtraField);
    }
    if extra.duplicate {
        sink(AmbiguityKind::DuplicateExtra);
    }
    if let Some(path) = extra.unicode_path
        && Some(path) != entry.extra.unicode_path
        && path.name != entry.name
    {
        let other = String::from_utf8_lossy(&path.name[..path.name.len().min(KEPT_OF_NAME)]).into_owned();
        sink(AmbiguityKind::UnicodePath { other });
    }
    Ok(Some(Extent { start, data, end: data + entry.compressed_size }))
}

/// The start of the name in the header at `start`.
pub(super) fn name_at(source: &dyn ReadAt, start: u64, length: u16) -> io::Result<String> {
    let name = bytes_at(source, start + LENGTH as u64, usize::from(length).min(KEPT_OF_NAME))?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

/// The start of the name of a member whose header is at `start`, within `end`.
pub(super) fn unlisted(source: &dyn ReadAt, start: u64, end: u64) -> io::Result<Option<String>> {
    if end - start < LENGTH as u64 {
        return Ok(None);
    }
    let bytes = bytes_at(source, start, LENGTH)?;
    let Some(header) = header(&bytes) else { return Ok(None) };
    let fits = start + LENGTH as u64 + u64::from(header.name) <= end;
    if fits { name_at(source, start, header.name).map(Some) } else { Ok(None) }
}

/// The end of the record behind the bytes of `entry`, which end at `at`; `next` is where something else starts. `None`
/// when no form of the record has the values of the directory.
///
/// The signature is optional, and the sizes have 32 or 64 bits: of the forms that fit, the one that ends at `next`.
pub(super) fn descriptor_end(
    source: &dyn ReadAt,
    entry: &Entry<'_>,
    at: u64,
    next: u64,
) -> io::Result<Option<u64>> {
    let length = next.saturating_sub(at).min(LONGEST_DESCRIPTOR);
    let bytes = bytes_at(source, at, usize::try_from(length).unwrap_or(0))?;
    let forms = [(true, false), (true, true), (false, false), (false, true)];
    let ends = forms.into_iter().filter_map(|(signature, wide)| {
        let mut fields = Fields(&bytes);
        if signature && fields.take(4)? != DESCRIPTOR {
            return None;
        }
        let crc = fields.u32()?;
        let mut size = || if wide { fields.u64() } else { fields.u32().map(u64::from) };
        let sizes = (size()?, size()?);
        let fits = crc == entry.crc && sizes == (entry.compressed_size, entry.size);
        fits.then(|| at + (bytes.len() - fields.0.len()) as u64)
    });
    let ends: Vec<u64> = ends.collect();
    Ok(ends.iter().find(|end| **end == next).or(ends.first()).copied())
}
