//! The memory map of a file: which bytes are at which address before relocation.

use std::collections::BTreeMap;

/// A range of addresses that is filled from the file, then with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first address, as linked.
    pub address: u64,
    /// The number of bytes in memory.
    pub size: u64,
    /// Where its bytes are in the file, or in the slice of a universal file.
    pub file_offset: u64,
    /// How many of them are in the file. The rest is zeros.
    pub file_size: u64,
    /// Whether it can be read.
    pub readable: bool,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether it holds code.
    pub executable: bool,
}

impl Segment {
    /// Whether `address` lies in the segment.
    pub const fn contains(&self, address: u64) -> bool {
        address >= self.address && address - self.address < self.size
    }

    /// The first address behind it.
    const fn end(&self) -> u64 {
        self.address + self.size
    }

    /// The part of it from `start` to `end`, which lie in it.
    fn part(&self, start: u64, end: u64) -> Self {
        let (skipped, size) = (start - self.address, end - start);
        Self {
            address: start,
            size,
            file_offset: self.file_offset.saturating_add(skipped),
            file_size: self.file_size.saturating_sub(skipped).min(size),
            ..*self
        }
    }

    /// Whether `next` continues this segment in memory and in the file, with the same permissions.
    fn continues_with(&self, next: &Self) -> bool {
        self.end() == next.address
            && self.file_size == self.size
            && next.file_size > 0
            && self.file_offset.checked_add(self.size) == Some(next.file_offset)
            && (self.readable, self.writable, self.executable)
                == (next.readable, next.writable, next.executable)
    }
}

/// The bytes of a file, or of a slice, and where they are mapped.
#[derive(Clone, Debug)]
pub(crate) struct Map<'data> {
    data: &'data [u8],
    /// Sorted by address, without overlaps.
    segments: Vec<Segment>,
}

impl<'data> Map<'data> {
    /// The map of `data` after these mappings, in the order in which the loader makes them. Where two overlap,
    /// the later one replaces the earlier. Takes n log n steps.
    pub(crate) fn new(data: &'data [u8], mappings: impl IntoIterator<Item = Segment>) -> Self {
        let mut map = BTreeMap::new();
        for mapping in mappings {
            // The last address of all is never mapped, so that the end of a segment is a number.
            let size = mapping.size.min(u64::MAX - mapping.address);
            if size > 0 {
                let file_size = mapping.file_size.min(size);
                replace(&mut map, Segment { size, file_size, ..mapping });
            }
        }
        let mut segments: Vec<Segment> = Vec::with_capacity(map.len());
        for segment in map.into_values() {
            match segments.last_mut() {
                Some(last) if last.continues_with(&segment) => {
                    last.size += segment.size;
                    last.file_size += segment.file_size;
                }
                _ => segments.push(segment),
            }
        }
        Self { data, segments }
    }

    /// All bytes of the file.
    pub(crate) const fn data(&self) -> &'data [u8] {
        self.data
    }

    /// The segments, sorted by address.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segment at `address`, found by bisection.
    pub(crate) fn segment_at(&self, address: u64) -> Option<&Segment> {
        let behind = self.segments.partition_point(|segment| segment.address <= address);
        self.segments[..behind].last().filter(|segment| segment.contains(address))
    }

    /// The bytes of the file from `address` to the end of its segment, or `None` where there are none: outside of
    /// all segments, in the zeros at the end of one, beyond the end of a truncated file.
    pub(crate) fn bytes_from(&self, address: u64) -> Option<&'data [u8]> {
        let segment = self.segment_at(address)?;
        let offset = address - segment.address;
        let length = segment.file_size.checked_sub(offset).filter(|&length| length > 0)?;
        let start = usize::try_from(segment.file_offset.checked_add(offset)?).ok()?;
        let available = self.data.get(start..).filter(|bytes| !bytes.is_empty())?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Some(&available[..available.len().min(length)])
    }

    /// Fills `out` with what is in memory at `address`, zeros included. False where any byte of it is not mapped.
    pub(crate) fn read(&self, mut address: u64, mut out: &mut [u8]) -> bool {
        while !out.is_empty() {
            let Some(segment) = self.segment_at(address) else { return false };
            let offset = address - segment.address;
            let chunk = match self.bytes_from(address) {
                Some(bytes) => {
                    let length = bytes.len().min(out.len());
                    out[..length].copy_from_slice(&bytes[..length]);
                    length
                }
                None if offset >= segment.file_size => {
                    let zeros = usize::try_from(segment.size - offset).unwrap_or(usize::MAX);
                    let length = zeros.min(out.len());
                    out[..length].fill(0);
                    length
                }
                // The file is cut off here.
                None => return false,
            };
            out = &mut out[chunk..];
            // A segment does not reach the last address, so that this cannot overflow.
            address += chunk as u64;
        }
        true
    }
}

/// Maps `new` over what is there.
fn replace(map: &mut BTreeMap<u64, Segment>, new: Segment) {
    let (start, end) = (new.address, new.end());
    let mut behind = None;
    if let Some((_, &before)) = map.range(..start).next_back().filter(|(_, before)| before.end() > start) {
        map.insert(before.address, before.part(before.address, start));
        if before.end() > end {
            behind = Some(before.part(end, before.end()));
        }
    }
    while let Some((&address, &covered)) = map.range(start..end).next() {
        map.remove(&address);
        if covered.end() > end {
            behind = Some(covered.part(end, covered.end()));
        }
    }
    map.insert(start, new);
    map.extend(behind.map(|rest| (rest.address, rest)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const TEXT: Segment = Segment {
        address: 0x1000,
        size: 8,
        file_offset: 0,
        file_size: 4,
        readable: true,
        writable: false,
        executable: true,
    };

    fn map(mappings: &[Segment]) -> Map<'static> {
        Map::new(b"abcdefgh", mappings.iter().copied())
    }

    #[rstest]
    #[case::before(0xfff, None)]
    #[case::first(0x1000, Some("abcd"))]
    #[case::last_of_the_file(0x1003, Some("d"))]
    #[case::zeros(0x1004, None)]
    #[case::behind(0x1008, None)]
    #[case::no_wrap(u64::MAX, None)]
    fn bytes_by_address(#[case] address: u64, #[case] expected: Option<&str>) {
        assert_eq!(map(&[TEXT]).bytes_from(address), expected.map(str::as_bytes));
    }

    #[rstest]
    #[case::file_and_zeros(0x1002, 4, Some(&b"cd\0\0"[..]))]
    #[case::zeros(0x1004, 4, Some(&b"\0\0\0\0"[..]))]
    #[case::nothing(0x1007, 0, Some(&b""[..]))]
    #[case::beyond_the_end(0x1006, 3, None)]
    #[case::not_mapped(0xfff, 2, None)]
    fn reading(#[case] address: u64, #[case] length: usize, #[case] expected: Option<&[u8]>) {
        let mut out = vec![0xff; length];
        let whole = map(&[TEXT]).read(address, &mut out);
        assert_eq!(whole.then_some(&out[..]), expected);
    }

    /// A read goes on in the next segment.
    #[test]
    fn reading_across_segments() {
        let next = Segment { address: 0x1008, file_offset: 6, file_size: 2, size: 2, ..TEXT };
        let mut out = [0xff; 6];
        assert!(map(&[TEXT, next]).read(0x1004, &mut out));
        assert_eq!(&out, b"\0\0\0\0gh");
    }

    #[test]
    fn the_later_of_two_mappings_replaces_the_earlier() {
        let over = Segment { address: 0x1002, size: 2, file_offset: 6, file_size: 2, ..TEXT };
        let whole = |map: Map<'_>| {
            let mut out = [0xff; 8];
            assert!(map.read(0x1000, &mut out));
            out
        };
        assert_eq!(&whole(map(&[TEXT, over])), b"abgh\0\0\0\0");
        assert_eq!(&whole(map(&[over, TEXT])), b"abcd\0\0\0\0");
    }

    #[test]
    fn segments_that_continue_each_other_are_one() {
        let (first, second) = (
            Segment { size: 4, ..TEXT },
            Segment { address: 0x1004, size: 6, file_offset: 4, file_size: 2, ..TEXT },
        );
        assert_eq!(map(&[second, first]).segments(), [Segment { size: 10, file_size: 6, ..TEXT }]);
        let writable = Segment { writable: true, ..second };
        assert_eq!(map(&[first, writable]).segments(), [first, writable]);
    }

    #[rstest]
    #[case::size_wraps(Segment { size: u64::MAX, file_size: u64::MAX, ..TEXT }, Some(&b"bcdefgh"[..]))]
    #[case::offset_wraps(Segment { file_offset: u64::MAX, ..TEXT }, None)]
    #[case::behind_the_file(Segment { file_offset: 8, ..TEXT }, None)]
    #[case::more_file_than_memory(Segment { size: 2, ..TEXT }, Some(&b"b"[..]))]
    fn segments_that_lie(#[case] segment: Segment, #[case] expected: Option<&[u8]>) {
        assert_eq!(map(&[segment]).bytes_from(0x1001), expected);
    }

    proptest! {
        /// Against memory of single bytes, written in the order of the mappings.
        #[test]
        fn as_mapped_one_after_the_other(
            mappings in prop::collection::vec((0u64..40, 0u64..20, 0u64..12, 0u64..20, any::<bool>()), 0..12)
        ) {
            let data: Vec<u8> = (1..=10).collect();
            let mappings: Vec<Segment> = mappings
                .into_iter()
                .map(|(address, size, file_offset, file_size, writable)| Segment { address, size, file_offset, file_size, writable, ..TEXT })
                .collect();
            let mut memory: Vec<Option<Option<u8>>> = vec![None; 64];
            for mapping in &mappings {
                for offset in 0..mapping.size {
                    let byte = if offset < mapping.file_size {
                        data.get(usize::try_from(mapping.file_offset + offset).unwrap()).copied()
                    } else {
                        Some(0)
                    };
                    memory[usize::try_from(mapping.address + offset).unwrap()] = Some(byte);
                }
            }
            let map = Map::new(&data, mappings);
            for (address, expected) in (0..).zip(&memory) {
                let mut byte = [0xff];
                let read = map.read(address, &mut byte).then_some(byte[0]);
                prop_assert_eq!(read, expected.flatten(), "at {}", address);
                prop_assert_eq!(map.segment_at(address).is_some(), expected.is_some());
            }
            prop_assert!(map.segments().windows(2).all(|pair| pair[0].end() <= pair[1].address));
        }
    }
}
