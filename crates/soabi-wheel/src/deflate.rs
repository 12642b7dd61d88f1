//! Inflating whole members and their checksums: by libdeflate with the feature of that name, or else by zlib-rs, which
//! needs no C compiler.

/// Why the bytes of a member could not be inflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WholeError {
    /// They become more than there is room for.
    Larger,
    /// They are no deflate stream, or only the start of one.
    Damaged(String),
}

#[cfg(feature = "libdeflate")]
mod backend {
    use libdeflater::{DecompressionError, Decompressor};

    use super::WholeError;

    /// Tables that are used again for every member.
    pub(crate) struct Whole(Decompressor);

    impl Default for Whole {
        fn default() -> Self {
            Self(Decompressor::new())
        }
    }

    impl Whole {
        /// Inflates all of `input` into `output`, and returns how many bytes that are.
        pub(crate) fn inflate(&mut self, input: &[u8], output: &mut [u8]) -> Result<usize, WholeError> {
            self.0.deflate_decompress(input, output).map_err(|error| match error {
                DecompressionError::InsufficientSpace => WholeError::Larger,
                DecompressionError::BadData => WholeError::Damaged(error.to_string()),
            })
        }
    }

    pub(crate) fn crc32(bytes: &[u8]) -> u32 {
        libdeflater::crc32(bytes)
    }
}

#[cfg(not(feature = "libdeflate"))]
mod backend {
    use flate2::{Crc, Decompress, FlushDecompress, Status};

    use super::WholeError;

    /// Tables that are used again for every member.
    pub(crate) struct Whole(Decompress);

    impl Default for Whole {
        fn default() -> Self {
            Self(Decompress::new(false))
        }
    }

    impl Whole {
        /// Inflates all of `input` into `output`, and returns how many bytes that are.
        pub(crate) fn inflate(&mut self, input: &[u8], output: &mut [u8]) -> Result<usize, WholeError> {
            self.0.reset(false);
            let damaged = |text: String| WholeError::Damaged(text);
            let status = self.0.decompress(input, output, FlushDecompress::Finish);
            let written = usize::try_from(self.0.total_out()).unwrap_or(usize::MAX);
            match status.map_err(|error| damaged(error.to_string()))? {
                Status::StreamEnd => Ok(written),
                _ if written < output.len() => Err(damaged("they end too early".to_owned())),
                // The output may be full and the stream at its end but for the code that says so.
                _ => self.rest(input).map(|()| written),
            }
        }

        /// Reads the rest of a stream whose output is complete.
        fn rest(&mut self, input: &[u8]) -> Result<(), WholeError> {
            let read = usize::try_from(self.0.total_in()).unwrap_or(usize::MAX);
            let rest = input.get(read..).unwrap_or_default();
            let written = self.0.total_out();
            match self.0.decompress(rest, &mut [0], FlushDecompress::Finish) {
                Ok(Status::StreamEnd) if self.0.total_out() == written => Ok(()),
                Ok(_) if self.0.total_out() == written => {
                    Err(WholeError::Damaged("they end too early".to_owned()))
                }
                Ok(_) => Err(WholeError::Larger),
                Err(error) => Err(WholeError::Damaged(error.to_string())),
            }
        }
    }

    pub(crate) fn crc32(bytes: &[u8]) -> u32 {
        let mut crc = Crc::new();
        crc.update(bytes);
        crc.sum()
    }
}

pub(crate) use backend::{Whole, crc32};

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use rstest::rstest;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Both backends have to agree on the boundary between enough room and too little.
    #[rstest]
    #[case::nothing(b"", 0, Ok(0))]
    #[case::exact(b"spam spam spam", 14, Ok(14))]
    #[case::more_room(b"spam spam spam", 15, Ok(14))]
    #[case::less_room(b"spam spam spam", 13, Err(WholeError::Larger))]
    #[case::no_room(b"spam", 0, Err(WholeError::Larger))]
    fn room_for_the_output(
        #[case] bytes: &[u8],
        #[case] room: usize,
        #[case] expected: Result<usize, WholeError>,
    ) {
        let mut whole = Whole::default();
        // Twice, because the tables are used again.
        for _ in 0..2 {
            let mut output = vec![0; room];
            assert_eq!(whole.inflate(&deflated(bytes), &mut output), expected);
            if let Ok(length) = expected {
                assert_eq!(&output[..length], bytes);
            }
        }
    }

    #[test]
    fn every_truncation_is_damaged() {
        let input = deflated(b"spam and eggs and spam");
        for length in 0..input.len() {
            let mut output = [0; 22];
            let result = Whole::default().inflate(&input[..length], &mut output);
            assert!(
                matches!(result, Err(WholeError::Damaged(_) | WholeError::Larger)),
                "{length}: {result:?}"
            );
        }
    }

    /// The check value of CRC-32 is that of these nine digits.
    #[test]
    fn checksum() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
