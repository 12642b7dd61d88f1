//! Zip archives that may lie.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::specimen::Bytes;

#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) deflated: bool,
    /// The method that the archive claims, if it is not the real one.
    pub(crate) method: Option<u16>,
    /// 1: encrypted; 8: sizes and checksum follow the bytes.
    pub(crate) flags: u16,
    /// The size that the archive claims, if it is not the real one.
    pub(crate) size: Option<u64>,
    /// The checksum that the archive claims, if it is not the real one.
    pub(crate) crc: Option<u32>,
    /// Whether the sizes are in a zip64 field.
    pub(crate) zip64: bool,
    /// The Unix mode.
    pub(crate) mode: u16,
    /// Extra fields of both headers.
    pub(crate) extra: Vec<u8>,
    /// Extra fields of the directory alone.
    pub(crate) directory_extra: Vec<u8>,
    /// The record behind the bytes, if the flags say that there is one: with a signature, with sizes of 64 bits.
    pub(crate) descriptor: (bool, bool),
}

pub(crate) fn member(name: &str, bytes: &[u8]) -> Member {
    Member {
        name: name.as_bytes().to_vec(),
        bytes: bytes.to_vec(),
        deflated: true,
        method: None,
        flags: 0,
        size: None,
        crc: None,
        zip64: false,
        mode: 0o100_644,
        extra: Vec::new(),
        directory_extra: Vec::new(),
        descriptor: (true, false),
    }
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A Unicode Path field that replaces the name `replaced` by `name`.
pub(crate) fn unicode_path(replaced: &str, name: &str) -> Vec<u8> {
    let mut field = Bytes::new(false);
    field.u16(0x7075).u16(u16::try_from(name.len() + 5).unwrap()).raw(&[1]).u32(crc32(replaced.as_bytes()));
    field.raw(name.as_bytes());
    field.out
}

/// Bytes that belong to no member.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stray<'a> {
    /// In front of the archive, which does not know of them.
    pub(crate) in_front: &'a [u8],
    /// In front of the first member, counted by the offsets.
    pub(crate) before: &'a [u8],
    /// Behind the first member.
    pub(crate) between: &'a [u8],
    /// Between the last member and the directory.
    pub(crate) directory: &'a [u8],
    /// Between the directory and the end record.
    pub(crate) records: &'a [u8],
    /// The comment.
    pub(crate) comment: &'a [u8],
    /// Behind the end.
    pub(crate) behind: &'a [u8],
}

/// An archive and the places of its parts.
pub(crate) struct Built {
    pub(crate) bytes: Vec<u8>,
    /// The headers of the members.
    pub(crate) locals: Vec<usize>,
    /// The entries of the directory.
    pub(crate) entries: Vec<usize>,
    /// The zip64 end record, if there is one, and the end record.
    pub(crate) ends: (Option<usize>, usize),
}

impl Built {
    /// Writes `value` at `offset` bytes behind `place`.
    pub(crate) fn patch(&mut self, place: usize, offset: usize, value: &[u8]) {
        self.bytes[place + offset..][..value.len()].copy_from_slice(value);
    }
}

impl Member {
    fn compressed(&self) -> Vec<u8> {
        if !self.deflated {
            return self.bytes.clone();
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// What the local header and the directory have in common, from the flags to the length of the extra field.
    fn common(&self, compressed: u64, local: bool) -> (Vec<u8>, Vec<u8>) {
        let size = self.size.unwrap_or(self.bytes.len() as u64);
        let crc = self.crc.unwrap_or_else(|| crc32(&self.bytes));
        let mut extra = Bytes::new(false);
        extra.raw(&self.extra);
        if !local {
            extra.raw(&self.directory_extra);
        }
        let sizes = if self.zip64 {
            extra.u16(1).u16(16).u64(size).u64(compressed);
            [u32::MAX, u32::MAX]
        } else {
            [compressed, size].map(|size| u32::try_from(size).unwrap())
        };
        let mut out = Bytes::new(false);
        out.u16(self.flags).u16(self.method.unwrap_or(if self.deflated { 8 } else { 0 })).u32(0);
        if local && self.flags & 8 != 0 {
            out.u32(0).u32(0).u32(0)
        } else {
            out.u32(crc).u32(sizes[0]).u32(sizes[1])
        };
        out.u16(u16::try_from(self.name.len()).unwrap()).u16(u16::try_from(extra.out.len()).unwrap());
        (out.out, extra.out)
    }
}

pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    build(members, Stray::default(), false).bytes
}

pub(crate) fn build(members: &[Member], stray: Stray<'_>, zip64: bool) -> Built {
    let mut out = Bytes::new(false);
    let mut directory = Bytes::new(false);
    let (mut locals, mut entries) = (Vec::new(), Vec::new());
    out.raw(stray.before);
    for member in members {
        let compressed = member.compressed();
        let length = compressed.len() as u64;
        let offset = u32::try_from(out.out.len()).unwrap();
        locals.push(out.out.len() + stray.in_front.len());
        let (local, extra) = member.common(length, true);
        out.raw(b"PK\x03\x04").u16(20).raw(&local).raw(&member.name).raw(&extra).raw(&compressed);
        if member.flags & 8 != 0 {
            let (signature, wide) = member.descriptor;
            if signature {
                out.raw(b"PK\x07\x08");
            }
            out.u32(crc32(&member.bytes));
            for size in [length, member.bytes.len() as u64] {
                if wide {
                    out.u64(size)
                } else {
                    out.u32(u32::try_from(size).unwrap())
                };
            }
        }
        if locals.len() == 1 {
            out.raw(stray.between);
        }
        let (central, extra) = member.common(length, false);
        entries.push(directory.out.len());
        directory.raw(b"PK\x01\x02").u16(0x0314).u16(20).raw(&central).u16(0).u16(0).u16(0);
        directory.u32(u32::from(member.mode) << 16).u32(offset).raw(&member.name).raw(&extra);
    }
    out.raw(stray.directory);
    let (start, length, count) = (out.out.len(), directory.out.len(), members.len());
    out.raw(&directory.out).raw(stray.records);
    let record = out.out.len();
    if zip64 {
        let (count, length, start) = (count as u64, length as u64, start as u64);
        out.raw(b"PK\x06\x06")
            .u64(44)
            .u16(45)
            .u16(45)
            .u32(0)
            .u32(0)
            .u64(count)
            .u64(count)
            .u64(length)
            .u64(start);
        out.raw(b"PK\x06\x07").u32(0).u64(record as u64).u32(1);
    }
    let end = out.out.len();
    let count = u16::try_from(count).unwrap();
    out.raw(b"PK\x05\x06").u16(0).u16(0).u16(count).u16(count);
    out.u32(u32::try_from(length).unwrap()).u32(u32::try_from(start).unwrap());
    out.u16(u16::try_from(stray.comment.len()).unwrap()).raw(stray.comment).raw(stray.behind);
    let front = stray.in_front.len();
    Built {
        bytes: [stray.in_front, &out.out].concat(),
        locals,
        entries: entries.into_iter().map(|entry| entry + start + front).collect(),
        ends: (zip64.then_some(record + front), end + front),
    }
}
