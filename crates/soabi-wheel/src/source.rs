//! Sources: anything that reads at an offset.
//!
//! An archive is read by its directory, which is at its end, so a reader needs places and no order. A file and memory
//! are sources; so is anything else that implements [`ReadAt`], such as ranges of a download.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Bytes that can be read at any offset, from many threads at once.
pub trait ReadAt: fmt::Debug + Send + Sync {
    /// Fills `buffer` with the bytes at `offset`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::UnexpectedEof`] when the source ends before the buffer is full, and whatever the system
    /// reports.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

#[cfg(unix)]
impl ReadAt for File {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }
}

#[cfg(windows)]
impl ReadAt for File {
    fn read_exact_at(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
        use std::os::windows::fs::FileExt as _;
        while !buffer.is_empty() {
            match self.seek_read(buffer, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    buffer = &mut buffer[length..];
                    offset += length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).ok();
        let range = start.and_then(|start| Some(start..start.checked_add(buffer.len())?));
        match range.and_then(|range| self.get(range)) {
            Some(bytes) => {
                buffer.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.as_slice().read_exact_at(buffer, offset)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Arc<T> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        (**self).read_exact_at(buffer, offset)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        (**self).read_exact_at(buffer, offset)
    }
}

/// The `length` bytes at `offset`. The caller has checked that `length` is no more than the source has.
pub(crate) fn bytes_at(source: &dyn ReadAt, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    source.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::whole(0, 5, true)]
    #[case::end(4, 1, true)]
    #[case::nothing_at_the_end(5, 0, true)]
    #[case::one_too_many(4, 2, false)]
    #[case::behind(6, 1, false)]
    #[case::far_behind(u64::MAX, 2, false)]
    fn bounds(#[case] offset: u64, #[case] length: usize, #[case] readable: bool) {
        let content = b"01234";
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let memory = content.to_vec();
        let sources: [&dyn ReadAt; 3] = [&file, &memory, &Arc::new(memory.clone())];
        for source in sources {
            // The kernel has no offsets beyond the largest file.
            let read = bytes_at(source, offset, length);
            assert_eq!(read.is_ok(), readable, "{source:?}");
            if let Ok(bytes) = read {
                let start = usize::try_from(offset).unwrap();
                assert_eq!(bytes, content[start..start + length]);
            }
        }
    }
}
