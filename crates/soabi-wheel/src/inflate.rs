//! From a member's bytes in the archive to its bytes.
//!
//! Whole members go through libdeflate, the fastest inflater there is, which wants all of the input and all of
//! the output in memory. zlib-rs, which does not, serves where that is a bad bargain: to see the first bytes of a
//! member, and where the input alone would take much memory.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};
use memmap2::MmapMut;
use rawzip::{FileReader, ReaderAt};

use crate::error::MemberErrorKind;

/// Members with more compressed bytes are inflated piece by piece, so that memory holds little more than the result.
const LARGEST_WHOLE_INPUT: u64 = 64 << 20;
/// The pieces.
const PIECE: usize = 256 << 10;
/// How much of a member is read to see what it starts with. The description of the first block's codes takes
/// some 300 bytes at most.
const FIRST_PIECE: usize = 512;

/// Where a member's bytes are and what they should become, as the archive's directory says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// The first byte in the archive.
    pub(super) start: u64,
    pub(super) compressed_size: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) deflated: bool,
}

/// Buffers and tables that are used again for every member. One per thread.
pub struct Inflater {
    whole: Decompressor,
    stream: Decompress,
    room: Room,
    largest_whole_input: u64,
}

impl Default for Inflater {
    fn default() -> Self {
        Self {
            whole: Decompressor::new(),
            stream: Decompress::new(false),
            room: Room::default(),
            largest_whole_input: LARGEST_WHOLE_INPUT,
        }
    }
}

impl Inflater {
    /// All bytes of a member, whose size the caller has found acceptable. Checked against size and checksum.
    pub(super) fn whole(&mut self, file: &FileReader, stored: Stored) -> Result<&[u8], MemberErrorKind> {
        let size = usize::try_from(stored.size)
            .map_err(|_| MemberErrorKind::TooLarge { size: stored.size, limit: usize::MAX as u64 })?;
        if !stored.deflated {
            if stored.size != stored.compressed_size {
                return Err(MemberErrorKind::Size { expected: stored.size, actual: stored.compressed_size });
            }
            file.read_exact_at(self.room.first(size)?, stored.start)?;
        } else if stored.compressed_size <= self.largest_whole_input {
            self.inflate_at_once(file, stored, size)?;
        } else {
            self.inflate_in_pieces(file, stored, size)?;
        }
        let bytes = &*self.room.first(size)?;
        match libdeflater::crc32(bytes) {
            actual if actual == stored.crc => Ok(bytes),
            actual => Err(MemberErrorKind::Checksum { expected: stored.crc, actual }),
        }
    }

    fn inflate_at_once(
        &mut self,
        file: &FileReader,
        stored: Stored,
        size: usize,
    ) -> Result<(), MemberErrorKind> {
        let length = usize::try_from(stored.compressed_size).unwrap_or(usize::MAX);
        let (output, input) = self.room.two(size, length)?;
        file.read_exact_at(input, stored.start)?;
        match self.whole.deflate_decompress(input, output) {
            Ok(actual) if actual == size => Ok(()),
            Ok(actual) => Err(MemberErrorKind::Size { expected: stored.size, actual: actual as u64 }),
            Err(DecompressionError::InsufficientSpace) => {
                Err(MemberErrorKind::Size { expected: stored.size, actual: stored.size + 1 })
            }
            Err(error) => Err(MemberErrorKind::Inflate(error.to_string())),
        }
    }

    fn inflate_in_pieces(
        &mut self,
        file: &FileReader,
        stored: Stored,
        size: usize,
    ) -> Result<(), MemberErrorKind> {
        let (output, input) = self.room.two(size, PIECE)?;
        let written = pieces(&mut self.stream, file, stored, input, output)?;
        if written == size {
            return Ok(());
        }
        Err(MemberErrorKind::Size { expected: stored.size, actual: written as u64 })
    }

    /// The first bytes of a member, at most as many as `first` has room for.
    pub(super) fn start<'a>(
        &mut self,
        file: &FileReader,
        stored: Stored,
        first: &'a mut [u8],
    ) -> Result<&'a [u8], MemberErrorKind> {
        let wanted = first.len().min(usize::try_from(stored.size).unwrap_or(usize::MAX));
        let first = &mut first[..wanted];
        if stored.deflated {
            let mut input = [0; FIRST_PIECE];
            let written = pieces(&mut self.stream, file, stored, &mut input, first)?;
            return Ok(&first[..written]);
        }
        file.read_exact_at(first, stored.start).map_err(MemberErrorKind::Io)?;
        Ok(first)
    }
}

/// Inflates until `output` is full or the member ends, and says how much was written.
fn pieces(
    stream: &mut Decompress,
    file: &FileReader,
    stored: Stored,
    input: &mut [u8],
    output: &mut [u8],
) -> Result<usize, MemberErrorKind> {
    stream.reset(false);
    let mut at = stored.start;
    let mut left = stored.compressed_size;
    let mut written = 0;
    while left > 0 && written < output.len() {
        let length = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.read_exact_at(&mut input[..length], at).map_err(MemberErrorKind::Io)?;
        let mut piece = &input[..length];
        while !piece.is_empty() && written < output.len() {
            let (read_before, written_before) = (stream.total_in(), stream.total_out());
            let status = stream
                .decompress(piece, &mut output[written..], FlushDecompress::None)
                .map_err(|error| MemberErrorKind::Inflate(error.to_string()))?;
            let read = progress(stream.total_in(), read_before);
            let wrote = progress(stream.total_out(), written_before);
            piece = &piece[read..];
            written += wrote;
            if status == Status::StreamEnd {
                return Ok(written);
            }
            if read == 0 && wrote == 0 {
                return Err(MemberErrorKind::Inflate("the inflater makes no progress".to_owned()));
            }
        }
        at += length as u64;
        left -= length as u64;
    }
    Ok(written)
}

/// The difference of two totals, which is at most the length of a slice.
fn progress(now: u64, before: u64) -> usize {
    usize::try_from(now - before).unwrap_or(usize::MAX)
}

/// Memory that is used again for every member. It is far larger than what is asked for: the system brings its
/// pages when they are first written, so that room costs nothing and growing costs everything.
#[derive(Default)]
struct Room {
    map: Option<MmapMut>,
    /// How many of its first bytes are asked for in large pages.
    in_large_pages: usize,
}

impl Room {
    const LEAST: usize = 64 << 20;
    /// The large page of most machines.
    const LARGE_PAGE: usize = 2 << 20;
    /// To bring hundreds of small pages costs more than to bring the large one that holds them all.
    const WORTH_A_LARGE_PAGE: usize = Self::LARGE_PAGE / 2;
    /// Large ones are few, and the system may have to make them: more of them cost more than they save.
    const MOST_IN_LARGE_PAGES: usize = 4 * Self::LARGE_PAGE;

    /// The first `length` bytes.
    fn first(&mut self, length: usize) -> io::Result<&mut [u8]> {
        let map = match self.map.take() {
            Some(map) if map.len() >= length => map,
            _ => {
                self.in_large_pages = 0;
                MmapMut::map_anon(length.checked_next_power_of_two().unwrap_or(length).max(Self::LEAST))?
            }
        };
        let map = self.map.insert(map);
        let large = length.min(Self::MOST_IN_LARGE_PAGES).next_multiple_of(Self::LARGE_PAGE);
        if length >= Self::WORTH_A_LARGE_PAGE && large > self.in_large_pages {
            ask_for_large_pages(map, large);
            self.in_large_pages = large;
        }
        Ok(&mut map[..length])
    }

    /// The first bytes, and those behind them.
    fn two(&mut self, length: usize, behind: usize) -> io::Result<(&mut [u8], &mut [u8])> {
        Ok(self.first(length.saturating_add(behind))?.split_at_mut(length))
    }
}

/// Asks for the first `length` bytes in large pages. A system that has none brings small ones.
#[cfg(target_os = "linux")]
fn ask_for_large_pages(map: &MmapMut, length: usize) {
    let _ = map.advise_range(memmap2::Advice::HugePage, 0, length);
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &MmapMut, _: usize) {}

impl From<io::Error> for MemberErrorKind {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;
    use std::sync::LazyLock;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use rstest::rstest;

    use super::*;

    /// Numbers in a row, which become more than one piece when compressed.
    static CONTENT: LazyLock<Vec<u8>> =
        LazyLock::new(|| (0..200_000u32).flat_map(u32::to_le_bytes).collect());

    /// The compressed content behind a byte of something else.
    static ARCHIVE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut encoder = DeflateEncoder::new(vec![0xff], Compression::fast());
        encoder.write_all(&CONTENT).unwrap();
        encoder.finish().unwrap()
    });

    /// Calls `check` with a file that is the archive.
    fn with_archive(check: impl FnOnce(&FileReader, Stored)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive");
        fs::write(&path, &*ARCHIVE).unwrap();
        let stored = Stored {
            start: 1,
            compressed_size: ARCHIVE.len() as u64 - 1,
            size: CONTENT.len() as u64,
            crc: libdeflater::crc32(&CONTENT),
            deflated: true,
        };
        assert!(stored.compressed_size > PIECE as u64);
        check(&File::open(&path).unwrap().into(), stored);
    }

    #[rstest]
    fn at_once_and_in_pieces(#[values(0, u64::MAX)] largest_whole_input: u64) {
        with_archive(|file, stored| {
            let mut inflater = Inflater { largest_whole_input, ..Inflater::default() };
            assert_eq!(inflater.whole(file, stored).unwrap(), *CONTENT);
            let mut first = [0; 8];
            assert_eq!(inflater.start(file, stored, &mut first).unwrap(), [0, 0, 0, 0, 1, 0, 0, 0]);
        });
    }

    #[rstest]
    #[case::size_too_small(|stored: &mut Stored| stored.size -= 1)]
    #[case::size_too_large(|stored: &mut Stored| stored.size += 1)]
    #[case::checksum(|stored: &mut Stored| stored.crc ^= 1)]
    #[case::another_start(|stored: &mut Stored| stored.start -= 1)]
    #[case::cut_off(|stored: &mut Stored| stored.compressed_size /= 2)]
    #[case::beyond_the_file(|stored: &mut Stored| stored.compressed_size *= 2)]
    fn what_lies_is_refused(#[case] spoil: fn(&mut Stored), #[values(0, u64::MAX)] largest_whole_input: u64) {
        with_archive(|file, mut stored| {
            spoil(&mut stored);
            let mut inflater = Inflater { largest_whole_input, ..Inflater::default() };
            assert!(inflater.whole(file, stored).is_err());
        });
    }
}
