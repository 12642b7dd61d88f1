//! Zip archives that may lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

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
    fn common(&self, compressed: u64, descriptor: bool) -> (Vec<u8>, Vec<u8>) {
        let size = self.size.unwrap_or(self.bytes.len() as u64);
        let crc = self.crc.unwrap_or_else(|| libdeflater::crc32(&self.bytes));
        let mut extra = Bytes::new(false);
        let sizes = if self.zip64 {
            extra.u16(1).u16(16).u64(size).u64(compressed);
            [u32::MAX, u32::MAX]
        } else {
            [compressed, size].map(|size| u32::try_from(size).unwrap())
        };
        let mut out = Bytes::new(false);
        out.u16(self.flags).u16(self.method.unwrap_or(if self.deflated { 8 } else { 0 })).u32(0);
        if descriptor {
            out.u32(0).u32(0).u32(0)
        } else {
            out.u32(crc).u32(sizes[0]).u32(sizes[1])
        };
        out.u16(u16::try_from(self.name.len()).unwrap()).u16(u16::try_from(extra.out.len()).unwrap());
        (out.out, extra.out)
    }
}

pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    let mut out = Bytes::new(false);
    let mut directory = Bytes::new(false);
    for member in members {
        let compressed = member.compressed();
        let offset = u32::try_from(out.out.len()).unwrap();
        let (local, extra) = member.common(compressed.len() as u64, member.flags & 8 != 0);
        out.raw(b"PK\x03\x04").u16(20).raw(&local).raw(&member.name).raw(&extra).raw(&compressed);
        if member.flags & 8 != 0 {
            let size = u32::try_from(member.bytes.len()).unwrap();
            out.raw(b"PK\x07\x08").u32(libdeflater::crc32(&member.bytes));
            out.u32(u32::try_from(compressed.len()).unwrap()).u32(size);
        }
        let (central, extra) = member.common(compressed.len() as u64, false);
        directory.raw(b"PK\x01\x02").u16(0x0314).u16(20).raw(&central).u16(0).u16(0).u16(0);
        directory.u32(u32::from(member.mode) << 16).u32(offset).raw(&member.name).raw(&extra);
    }
    let (start, length) = (out.out.len(), directory.out.len());
    let count = u16::try_from(members.len()).unwrap();
    out.raw(&directory.out).raw(b"PK\x05\x06").u16(0).u16(0).u16(count).u16(count);
    out.u32(u32::try_from(length).unwrap()).u32(u32::try_from(start).unwrap()).u16(0);
    out.out
}
