//! One captured stream of a child.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};

/// How many bytes of a stream are kept. A child that floods its output is read to the end all the same, so that
/// it does what it would do elsewhere.
pub const KEPT: usize = 1 << 20;

pub(crate) struct Stream<R> {
    pipe: Option<R>,
    /// Whether there may be more to come.
    pub(crate) is_open: bool,
    /// What was read and not taken.
    pub(crate) kept: Vec<u8>,
    /// Whether something was read and forgotten.
    pub(crate) overflowed: bool,
}

impl<R: Read + AsFd> Stream<R> {
    pub(crate) fn new(pipe: Option<R>) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            let flags = rustix::fs::fcntl_getfl(pipe)?;
            rustix::fs::fcntl_setfl(pipe, flags | rustix::fs::OFlags::NONBLOCK)?;
        }
        Ok(Self { is_open: pipe.is_some(), pipe, kept: Vec::new(), overflowed: false })
    }

    pub(crate) fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().filter(|_| self.is_open).map(AsFd::as_fd)
    }

    /// Reads what is there. Beyond [`KEPT`] it is read and forgotten.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        while let Some(pipe) = self.pipe.as_mut().filter(|_| self.is_open) {
            match pipe.read(&mut buffer) {
                Ok(0) => self.is_open = false,
                Ok(length) => {
                    let room = KEPT.saturating_sub(self.kept.len());
                    self.kept.extend_from_slice(&buffer[..length.min(room)]);
                    self.overflowed |= length > room;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn take_line(&mut self) -> Option<Vec<u8>> {
        let end = self.kept.iter().position(|&byte| byte == b'\n')?;
        let mut line: Vec<u8> = self.kept.drain(..=end).collect();
        line.pop();
        Some(line)
    }
}
