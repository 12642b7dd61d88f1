//! From a member's bytes in the archive to its bytes.
//!
//! Whole members are inflated by [`crate::deflate`], with all of the input and all of the output in memory. zlib-rs
//! inflates piece by piece where that is a bad bargain: to see the first bytes of a member, and where the input alone
//! would take much memory.

use std::io;

use flate2::read::DeflateDecoder;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use memmap2::MmapMut;

use crate::deflate::{self, WholeError};
use crate::error::MemberErrorKind;
use crate::source::ReadAt;

/// Members with more compressed bytes are inflated piece by piece, so that memory holds little more than the result.
const LARGEST_WHOLE_INPUT: u64 = 64 << 20;
/// Members that become more are copied piece by piece.
const LARGEST_WHOLE_COPY: u64 = 4 << 20;
/// The pieces.
const PIECE: usize = 256 << 10;
/// How much of a member is read to see what it starts with. The description of the first block's codes takes
/// some 300 bytes at most.
const FIRST_PIECE: usize = 512;

/// Where a member's bytes are and what they should become, as the archive's directory says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// The first byte in the archive.
    pub(crate) start: u64,
    pub(crate) compressed_size: u64,
    pub(crate) size: u64,
    pub(crate) crc: u32,
    pub(crate) deflated: bool,
}

/// Buffers and tables that are used again for every member. One per thread.
pub struct Inflater {
    whole: deflate::Whole,
    stream: Decompress,
    /// The member as it is in the archive, or a piece of it.
    input: ScratchBuffer,
    /// What it becomes.
    output: ScratchBuffer,
    largest_whole_input: u64,
}

impl Default for Inflater {
    fn default() -> Self {
        Self {
            whole: deflate::Whole::default(),
            stream: Decompress::new(false),
            input: ScratchBuffer::default(),
            output: ScratchBuffer::default(),
            largest_whole_input: LARGEST_WHOLE_INPUT,
        }
    }
}

impl Inflater {
    /// Keeps at most so many bytes of memory from one member to the next.
    pub fn keep(&mut self, most: usize) {
        self.output.most_kept = most;
        self.input.most_kept = most;
    }

    /// All bytes of a member, whose size the caller has found acceptable. Checked against size and checksum.
    pub(crate) fn whole(&mut self, file: &dyn ReadAt, stored: Stored) -> Result<&[u8], MemberErrorKind> {
        let size = usize::try_from(stored.size)
            .map_err(|_| MemberErrorKind::TooLarge { size: stored.size, limit: usize::MAX as u64 })?;
        self.output.give_back(size);
        if !stored.deflated {
            if stored.size != stored.compressed_size {
                return Err(MemberErrorKind::Size { expected: stored.size, actual: stored.compressed_size });
            }
            file.read_exact_at(self.output.first(size)?, stored.start)?;
        } else if stored.compressed_size <= self.largest_whole_input {
            self.inflate_at_once(file, stored, size)?;
        } else {
            self.inflate_in_pieces(file, stored, size)?;
        }
        let bytes = &*self.output.first(size)?;
        match deflate::crc32(bytes) {
            actual if actual == stored.crc => Ok(bytes),
            actual => Err(MemberErrorKind::Checksum { expected: stored.crc, actual }),
        }
    }

    /// Writes a member to `out`, in little memory however large it is. Checked against size and checksum, which is known
    /// when everything has been written.
    pub(crate) fn copy(
        &mut self,
        file: &dyn ReadAt,
        stored: Stored,
        out: &mut dyn io::Write,
    ) -> Result<(), MemberErrorKind> {
        if stored.size <= LARGEST_WHOLE_COPY {
            return Ok(out.write_all(self.whole(file, stored)?)?);
        }
        let packed = Packed { file, at: stored.start, left: stored.compressed_size };
        let mut source: Box<dyn io::Read + '_> =
            if stored.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        let (mut crc, mut written) = (Crc::new(), 0);
        let piece = self.output.first(PIECE)?;
        while written <= stored.size {
            let length = source.read(piece).map_err(|error| MemberErrorKind::Inflate(error.to_string()))?;
            if length == 0 {
                break;
            }
            written += length as u64;
            crc.update(&piece[..length]);
            out.write_all(&piece[..length])?;
        }
        match (written == stored.size, crc.sum()) {
            (false, _) => Err(MemberErrorKind::Size { expected: stored.size, actual: written }),
            (true, actual) if actual == stored.crc => Ok(()),
            (true, actual) => Err(MemberErrorKind::Checksum { expected: stored.crc, actual }),
        }
    }

    fn inflate_at_once(
        &mut self,
        file: &dyn ReadAt,
        stored: Stored,
        size: usize,
    ) -> Result<(), MemberErrorKind> {
        let length = usize::try_from(stored.compressed_size).unwrap_or(usize::MAX);
        self.input.give_back(length);
        let input = self.input.first(length)?;
        file.read_exact_at(input, stored.start)?;
        match self.whole.inflate(input, self.output.first(size)?) {
            Ok(actual) if actual == size => Ok(()),
            Ok(actual) => Err(MemberErrorKind::Size { expected: stored.size, actual: actual as u64 }),
            Err(WholeError::Larger) => {
                Err(MemberErrorKind::Size { expected: stored.size, actual: stored.size.saturating_add(1) })
            }
            Err(WholeError::Damaged(error)) => Err(MemberErrorKind::Inflate(error)),
        }
    }

    fn inflate_in_pieces(
        &mut self,
        file: &dyn ReadAt,
        stored: Stored,
        size: usize,
    ) -> Result<(), MemberErrorKind> {
        let (input, output) = (self.input.first(PIECE)?, self.output.first(size)?);
        let written = pieces(&mut self.stream, file, stored, input, output)?;
        if written == size {
            return Ok(());
        }
        Err(MemberErrorKind::Size { expected: stored.size, actual: written as u64 })
    }

    /// The first bytes of a member, at most as many as `first` has room for.
    pub(crate) fn start<'a>(
        &mut self,
        file: &dyn ReadAt,
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

/// The bytes of a member as they are in the archive.
struct Packed<'f> {
    file: &'f dyn ReadAt,
    at: u64,
    left: u64,
}

impl io::Read for Packed<'_> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let length = piece.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.file.read_exact_at(&mut piece[..length], self.at)?;
        self.at += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

/// Inflates until `output` is full or the member ends, and says how much was written.
fn pieces(
    stream: &mut Decompress,
    file: &dyn ReadAt,
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

/// Memory that is used again for every member. It is reserved generously: the system provides a page when it is first
/// written, so reserving is cheap and growing is not. What a large member needed beyond that of most is given back with the
/// next one.
struct ScratchBuffer {
    map: Option<MmapMut>,
    /// More is not kept for the next member.
    most_kept: usize,
    /// How many of its first bytes are asked for in large pages.
    in_large_pages: usize,
    /// How many of its first bytes may have been written.
    written: usize,
}

impl Default for ScratchBuffer {
    fn default() -> Self {
        Self { map: None, most_kept: Self::MOST_KEPT, in_large_pages: 0, written: 0 }
    }
}

impl ScratchBuffer {
    const LEAST: usize = 64 << 20;
    /// What is kept unless somebody says otherwise.
    const MOST_KEPT: usize = 40 << 20;
    /// The large page of most machines.
    const LARGE_PAGE: usize = 2 << 20;
    /// To bring hundreds of small pages costs more than to bring the large one that holds them all.
    const WORTH_A_LARGE_PAGE: usize = Self::LARGE_PAGE / 2;
    /// Large ones are few, and the system may have to make them: more of them cost more than they save.
    const MOST_IN_LARGE_PAGES: usize = 4 * Self::LARGE_PAGE;

    /// Gives back what was more than most members need, and is more than `length`. What was written is gone then.
    fn give_back(&mut self, length: usize) {
        if self.written > self.most_kept.max(length) {
            *self = Self { most_kept: self.most_kept, ..Self::default() };
        }
    }

    /// The first `length` bytes.
    fn first(&mut self, length: usize) -> io::Result<&mut [u8]> {
        let map = match self.map.take() {
            Some(map) if map.len() >= length => map,
            _ => {
                (self.in_large_pages, self.written) = (0, 0);
                MmapMut::map_anon(length.checked_next_power_of_two().unwrap_or(length).max(Self::LEAST))?
            }
        };
        self.written = self.written.max(length);
        let map = self.map.insert(map);
        let large = length.min(Self::MOST_IN_LARGE_PAGES).next_multiple_of(Self::LARGE_PAGE);
        if length >= Self::WORTH_A_LARGE_PAGE && large > self.in_large_pages {
            ask_for_large_pages(map, large);
            self.in_large_pages = large;
        }
        Ok(&mut map[..length])
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

    /// Where the content is in the archive.
    fn stored() -> Stored {
        let stored = Stored {
            start: 1,
            compressed_size: ARCHIVE.len() as u64 - 1,
            size: CONTENT.len() as u64,
            crc: deflate::crc32(&CONTENT),
            deflated: true,
        };
        assert!(stored.compressed_size > PIECE as u64);
        stored
    }

    #[rstest]
    fn at_once_and_in_pieces(#[values(0, u64::MAX)] largest_whole_input: u64) {
        let mut inflater = Inflater { largest_whole_input, ..Inflater::default() };
        assert_eq!(inflater.whole(&*ARCHIVE, stored()).unwrap(), *CONTENT);
        let mut first = [0; 8];
        assert_eq!(inflater.start(&*ARCHIVE, stored(), &mut first).unwrap(), [0, 0, 0, 0, 1, 0, 0, 0]);
    }

    #[rstest]
    #[case::size_too_small(|stored: &mut Stored| stored.size -= 1)]
    #[case::size_too_large(|stored: &mut Stored| stored.size += 1)]
    #[case::checksum(|stored: &mut Stored| stored.crc ^= 1)]
    #[case::another_start(|stored: &mut Stored| stored.start -= 1)]
    #[case::cut_off(|stored: &mut Stored| stored.compressed_size /= 2)]
    #[case::beyond_the_file(|stored: &mut Stored| stored.compressed_size *= 2)]
    fn what_lies_is_refused(#[case] spoil: fn(&mut Stored), #[values(0, u64::MAX)] largest_whole_input: u64) {
        let mut stored = stored();
        spoil(&mut stored);
        let mut inflater = Inflater { largest_whole_input, ..Inflater::default() };
        assert!(inflater.whole(&*ARCHIVE, stored).is_err());
    }

    /// Members that are copied in pieces are checked as the others are.
    #[rstest]
    #[case::right(|_: &mut Stored| (), true)]
    #[case::size_too_small(|stored: &mut Stored| stored.size -= 1, false)]
    #[case::size_too_large(|stored: &mut Stored| stored.size += 1, false)]
    #[case::checksum(|stored: &mut Stored| stored.crc ^= 1, false)]
    #[case::cut_off(|stored: &mut Stored| stored.compressed_size /= 2, false)]
    #[case::beyond_the_file(|stored: &mut Stored| stored.compressed_size *= 2, false)]
    fn copies(#[case] spoil: fn(&mut Stored), #[case] is_right: bool, #[values(true, false)] deflated: bool) {
        let content: Vec<u8> =
            CONTENT.iter().copied().cycle().take(usize::try_from(LARGEST_WHOLE_COPY).unwrap() + 1).collect();
        let archive = if deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.clone()
        };
        let mut stored = Stored {
            start: 0,
            compressed_size: archive.len() as u64,
            size: content.len() as u64,
            crc: deflate::crc32(&content),
            deflated,
        };
        spoil(&mut stored);
        let mut copied = Vec::new();
        let result = Inflater::default().copy(&archive, stored, &mut copied);
        assert_eq!(result.is_ok(), is_right, "{result:?}");
        assert!(!is_right || copied == content);
    }

    /// A member that is more than is kept.
    #[test]
    fn a_large_member_is_whole() {
        let content = vec![7; ScratchBuffer::MOST_KEPT + 1];
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&content).unwrap();
        let archive = encoder.finish().unwrap();
        let large = Stored {
            start: 0,
            compressed_size: archive.len() as u64,
            size: content.len() as u64,
            crc: deflate::crc32(&content),
            deflated: true,
        };
        let mut inflater = Inflater::default();
        let mut copied = Vec::new();
        inflater.copy(&archive, large, &mut copied).unwrap();
        assert!(copied == content && inflater.output.written == PIECE);
        for _ in 0..2 {
            assert!(inflater.whole(&archive, large).unwrap() == content);
            assert!(inflater.output.written > ScratchBuffer::MOST_KEPT);
            assert_eq!(inflater.whole(&*ARCHIVE, stored()).unwrap(), *CONTENT);
            assert!(inflater.output.written < ScratchBuffer::MOST_KEPT);
        }
    }

    /// What more than most members need is given back.
    #[test]
    fn a_large_member_keeps_no_memory() {
        const MIB: usize = 1 << 20;
        let mut buffer = ScratchBuffer::default();
        let mut written = |length: usize| {
            buffer.give_back(length);
            buffer.first(length).unwrap();
            (buffer.written / MIB, buffer.map.as_ref().unwrap().len() / MIB)
        };
        assert_eq!(written(10 * MIB), (10, 64));
        assert_eq!(written(MIB), (10, 64));
        assert_eq!(written(41 * MIB), (41, 64));
        // As much again needs no other pages.
        assert_eq!(written(41 * MIB), (41, 64));
        assert_eq!(written(MIB), (1, 64));
        assert_eq!(written(65 * MIB), (65, 128));
        assert_eq!(written(40 * MIB), (40, 64));
        assert_eq!(written(39 * MIB), (40, 64));
    }
}
