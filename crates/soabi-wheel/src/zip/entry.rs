//! The entries of the directory (APPNOTE.TXT 4.3.12) and the extra fields that change what they say.

use super::error::ArchiveError;
use super::fields::Fields;

pub(super) const SIGNATURE: &[u8; 4] = b"PK\x01\x02";
const ZIP64: u16 = 1;
const UNICODE_PATH: u16 = 0x7075;
/// Values of the field "made by" whose attributes are a Unix mode: Unix and macOS.
const UNIX_HOSTS: [u8; 2] = [3, 19];

/// An entry. Offsets are those that it states.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// Where the entry itself is.
    pub(super) at: u64,
    pub(super) name: &'a [u8],
    pub(super) version: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed_size: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
    /// On another disk than the first.
    pub(super) split: bool,
    /// The Unix mode, where there is one.
    pub(super) mode: Option<u16>,
    pub(super) extra: Extra<'a>,
}

/// What the extra fields say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extra<'a> {
    zip64: Option<&'a [u8]>,
    pub(super) unicode_path: Option<UnicodePath<'a>>,
    pub(super) damaged: bool,
    pub(super) duplicate: bool,
}

/// The Info-ZIP Unicode Path field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnicodePath<'a> {
    pub(super) version: u8,
    /// The CRC-32 of the name that it replaces.
    pub(super) crc: u32,
    pub(super) name: &'a [u8],
}

impl<'a> Extra<'a> {
    /// Reads extra fields. Fewer than four bytes at the end are no field, as `zipfile` has it.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut extra = Self::default();
        let mut fields = Fields(bytes);
        while let Some(id) = fields.u16() {
            let Some(length) = fields.u16() else { break };
            let Some(content) = fields.take(usize::from(length)) else {
                extra.damaged = true;
                break;
            };
            match id {
                ZIP64 => {
                    extra.duplicate |= extra.zip64.is_some();
                    extra.zip64.get_or_insert(content);
                }
                UNICODE_PATH => {
                    let mut fields = Fields(content);
                    extra.duplicate |= extra.unicode_path.is_some();
                    match (fields.u8(), fields.u32()) {
                        (Some(version), Some(crc)) => {
                            let path = UnicodePath { version, crc, name: fields.0 };
                            extra.unicode_path.get_or_insert(path);
                        }
                        _ => extra.damaged = true,
                    }
                }
                _ => {}
            }
        }
        extra
    }

    /// Replaces those of `values` that are all ones by the values of the zip64 field, in its order: size, compressed
    /// size, offset.
    pub(super) fn widen<const N: usize>(&mut self, values: [u32; N]) -> [u64; N] {
        let mut fields = Fields(self.zip64.unwrap_or_default());
        values.map(|value| match value {
            u32::MAX if self.zip64.is_some() => fields.u64().unwrap_or_else(|| {
                self.damaged = true;
                u64::from(value)
            }),
            _ => u64::from(value),
        })
    }
}

impl Entry<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }
}

/// Reads the entries of a directory that starts at `at`. As `zipfile` does, it goes by the directory's size.
pub(super) fn parse(directory: &[u8], at: u64) -> Result<Vec<Entry<'_>>, ArchiveError> {
    let mut entries = Vec::new();
    let mut fields = Fields(directory);
    while !fields.0.is_empty() {
        let at = at + (directory.len() - fields.0.len()) as u64;
        if fields.take(4).is_none_or(|signature| signature != SIGNATURE) {
            return Err(ArchiveError::Entry { at });
        }
        entries.push(entry(&mut fields, at).ok_or(ArchiveError::Entry { at })?);
    }
    Ok(entries)
}

fn entry<'a>(fields: &mut Fields<'a>, at: u64) -> Option<Entry<'a>> {
    let [_, host] = fields.u16()?.to_le_bytes();
    let version = fields.u16()? & 0xff;
    let flags = fields.u16()?;
    let method = fields.u16()?;
    fields.take(4)?;
    let crc = fields.u32()?;
    let (compressed_size, size) = (fields.u32()?, fields.u32()?);
    let [name, extra, comment] = [fields.u16()?, fields.u16()?, fields.u16()?].map(usize::from);
    let disk = fields.u16()?;
    fields.take(2)?;
    let attributes = fields.u32()?;
    let offset = fields.u32()?;
    let name = fields.take(name)?;
    let mut extra = Extra::parse(fields.take(extra)?);
    fields.take(comment)?;
    let [size, compressed_size, offset] = extra.widen([size, compressed_size, offset]);
    Some(Entry {
        at,
        name,
        version,
        flags,
        method,
        crc,
        compressed_size,
        size,
        offset,
        split: disk != 0 && disk != u16::MAX,
        mode: UNIX_HOSTS.contains(&host).then_some((attributes >> 16) as u16),
        extra,
    })
}
