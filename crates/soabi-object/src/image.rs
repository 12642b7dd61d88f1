//! A native file as the loader lays it out in memory.
//!
//! Every format maps parts of the file to addresses, and everything that a loader needs it finds by address.
//! An [`Image`] answers what the loader would see at an address before relocation. It does not know what is
//! there, and it never looks at a section header or any other table that is for linkers and debuggers only.

use std::ffi::CStr;

use object::pod::{self, Pod};

use crate::error::{At, ObjectError};
use crate::facts::Format;

/// Linkers write a dozen. Every look-up goes through all of them, so that more would cost time.
const MOST_SEGMENTS: usize = 1024;

/// The bytes of a file and where its segments go.
#[derive(Clone, Debug)]
pub(crate) struct Image<'data> {
    format: Format,
    data: &'data [u8],
    segments: Vec<Segment>,
}

/// A range of addresses that is filled from the file, then with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The first address, as the file counts them (PE: relative to the image's base).
    pub(crate) address: u64,
    /// The number of bytes in memory.
    pub(crate) size: u64,
    /// Where its bytes are in the file.
    pub(crate) file_offset: u64,
    /// How many of them are in the file. The rest is zeros.
    pub(crate) file_size: u64,
    /// Whether it holds code.
    pub(crate) executable: bool,
}

impl Segment {
    /// Whether `address` lies in the segment.
    pub(crate) fn contains(&self, address: u64) -> bool {
        address.checked_sub(self.address).is_some_and(|offset| offset < self.size)
    }
}

impl<'data> Image<'data> {
    /// The image of `data` with these segments, in the order in which the loader maps them, from the table at
    /// offset `table`.
    pub(crate) fn new(
        format: Format,
        data: &'data [u8],
        table: u64,
        segments: Vec<Segment>,
    ) -> Result<Self, ObjectError> {
        if segments.len() > MOST_SEGMENTS {
            let problem = format!("it has {} entries, and the limit is {MOST_SEGMENTS}", segments.len());
            return Err(ObjectError::Malformed {
                format,
                what: "segment table",
                at: At::Offset(table),
                problem,
            });
        }
        Ok(Self { format, data, segments })
    }

    /// The segments, in the order in which the loader maps them.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segment at `address`. Where two overlap, the loader maps the later one over the earlier.
    pub(crate) fn segment_at(&self, address: u64) -> Option<&Segment> {
        self.segments.iter().rev().find(|segment| segment.contains(address))
    }

    /// The bytes of the file from `address` to the end of its segment, or `None` where the image has no bytes of
    /// the file: outside of all segments, in the zeros at the end of one, beyond the end of a truncated file.
    pub(crate) fn bytes_from(&self, address: u64) -> Option<&'data [u8]> {
        let segment = self.segment_at(address)?;
        let offset = address - segment.address;
        let length = segment.file_size.min(segment.size).checked_sub(offset).filter(|&length| length > 0)?;
        let start = usize::try_from(segment.file_offset.checked_add(offset)?).ok()?;
        let available = self.data.get(start..).filter(|bytes| !bytes.is_empty())?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Some(&available[..available.len().min(length)])
    }

    /// Exactly `length` bytes at `address`, which are the file's `what`.
    pub(crate) fn read(
        &self,
        what: &'static str,
        address: u64,
        length: u64,
    ) -> Result<&'data [u8], ObjectError> {
        let bytes = self.bytes_from(address).unwrap_or_default();
        let wanted = usize::try_from(length).ok().and_then(|length| bytes.get(..length));
        wanted.ok_or_else(|| {
            let problem = format!("{length} bytes are asked for and the file has {} there", bytes.len());
            self.malformed(what, address, problem)
        })
    }

    /// One `T` at `address`.
    pub(crate) fn one<T: Pod>(&self, what: &'static str, address: u64) -> Result<&'data T, ObjectError> {
        self.array(what, address, 1).map(|array| &array[0])
    }

    /// `count` of `T` at `address`.
    pub(crate) fn array<T: Pod>(
        &self,
        what: &'static str,
        address: u64,
        count: u64,
    ) -> Result<&'data [T], ObjectError> {
        let length = count.saturating_mul(size_of::<T>() as u64);
        let bytes = self.read(what, address, length)?;
        // The types of `object` have no alignment, and the length is an exact multiple of their size.
        pod::slice_from_all_bytes(bytes).map_err(|()| {
            self.malformed(what, address, "its length is not a multiple of its entries'".to_owned())
        })
    }

    /// The text at `address`, up to its NUL.
    pub(crate) fn string(&self, what: &'static str, address: u64) -> Result<&'data [u8], ObjectError> {
        let bytes = self.bytes_from(address).unwrap_or_default();
        match CStr::from_bytes_until_nul(bytes) {
            Ok(text) => Ok(text.to_bytes()),
            Err(_) => Err(self.malformed(what, address, "there is no text that ends in a NUL".to_owned())),
        }
    }

    /// The error that `what` at `address` is not as it should be.
    pub(crate) fn malformed(&self, what: &'static str, address: u64, problem: String) -> ObjectError {
        ObjectError::Malformed { format: self.format, what, at: At::Address(address), problem }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TEXT: Segment =
        Segment { address: 0x1000, size: 8, file_offset: 0, file_size: 4, executable: true };

    fn image(segments: Vec<Segment>) -> Image<'static> {
        Image::new(Format::Elf, b"abcdefgh", 0, segments).unwrap()
    }

    #[rstest]
    #[case::before(0xfff, None)]
    #[case::first(0x1000, Some("abcd"))]
    #[case::last_of_the_file(0x1003, Some("d"))]
    #[case::zeros(0x1004, None)]
    #[case::behind(0x1008, None)]
    #[case::no_wrap(u64::MAX, None)]
    fn bytes_by_address(#[case] address: u64, #[case] expected: Option<&str>) {
        assert_eq!(image(vec![TEXT]).bytes_from(address), expected.map(str::as_bytes));
    }

    #[test]
    fn the_later_of_two_segments_is_mapped_over_the_earlier() {
        let over = Segment { address: 0x1002, size: 2, file_offset: 6, file_size: 2, executable: false };
        assert_eq!(image(vec![TEXT, over]).bytes_from(0x1002), Some(&b"gh"[..]));
        assert_eq!(image(vec![over, TEXT]).bytes_from(0x1002), Some(&b"cd"[..]));
    }

    #[rstest]
    #[case(MOST_SEGMENTS, true)]
    #[case(MOST_SEGMENTS + 1, false)]
    fn the_most_segments(#[case] count: usize, #[case] sound: bool) {
        assert_eq!(Image::new(Format::Elf, b"", 0, vec![TEXT; count]).is_ok(), sound);
    }

    #[rstest]
    #[case::size_wraps(Segment { size: u64::MAX, file_size: u64::MAX, ..TEXT }, Some(&b"bcdefgh"[..]))]
    #[case::offset_wraps(Segment { file_offset: u64::MAX, ..TEXT }, None)]
    #[case::behind_the_file(Segment { file_offset: 8, ..TEXT }, None)]
    fn segments_that_lie(#[case] segment: Segment, #[case] expected: Option<&[u8]>) {
        assert_eq!(image(vec![segment]).bytes_from(0x1001), expected);
    }
}
