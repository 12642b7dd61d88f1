//! One captured stream of a child.

use std::fs::File;
#[cfg(target_os = "linux")]
use std::io::IoSliceMut;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

#[cfg(target_os = "linux")]
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

/// How many bytes of a stream are kept. A child that floods its output is read to the end all the same, so that
/// it does what it would do elsewhere.
pub const KEPT: usize = 1 << 20;

pub(crate) struct Stream {
    pipe: Option<File>,
    /// Whether it is a socket, over which a descriptor may come.
    is_socket: bool,
    /// The one that came.
    descriptor: Option<OwnedFd>,
    /// Whether there may be more to come.
    pub(crate) is_open: bool,
    /// What was read. Lines that were taken are at its start for a while.
    kept: Vec<u8>,
    /// How many bytes of it were taken.
    taken: usize,
    /// How many bytes of it are known to be taken or to have no newline.
    searched: usize,
    /// Whether something was read and forgotten.
    pub(crate) overflowed: bool,
}

impl Stream {
    pub(crate) fn new(pipe: Option<impl Into<OwnedFd>>) -> io::Result<Self> {
        let pipe = pipe.map(|pipe| File::from(pipe.into()));
        if let Some(pipe) = &pipe {
            let flags = rustix::fs::fcntl_getfl(pipe)?;
            rustix::fs::fcntl_setfl(pipe, flags | rustix::fs::OFlags::NONBLOCK)?;
        }
        let is_open = pipe.is_some();
        let (is_socket, descriptor) = (false, None);
        Ok(Self {
            is_open,
            pipe,
            is_socket,
            descriptor,
            kept: Vec::new(),
            taken: 0,
            searched: 0,
            overflowed: false,
        })
    }

    /// A socket, over which a descriptor may come with the lines.
    pub(crate) fn of_socket(socket: UnixStream) -> io::Result<Self> {
        Ok(Self { is_socket: true, ..Self::new(Some(socket))? })
    }

    /// The descriptor that came.
    pub(crate) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptor.take()
    }

    pub(crate) fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().filter(|_| self.is_open).map(AsFd::as_fd)
    }

    /// Reads what is there. Beyond [`KEPT`] it is read and forgotten.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        while let Some(pipe) = self.pipe.as_mut().filter(|_| self.is_open) {
            let read = if self.is_socket {
                receive(pipe, &mut buffer, &mut self.descriptor)
            } else {
                pipe.read(&mut buffer)
            };
            match read {
                Ok(0) => self.is_open = false,
                Ok(length) => {
                    let room = KEPT.saturating_sub(self.kept.len() - self.taken);
                    self.kept.extend_from_slice(&buffer[..length.min(room)]);
                    self.overflowed |= length > room;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // How a socket says that the other side ended without having read everything.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.is_open = false,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What was kept and not taken.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let taken = std::mem::take(&mut self.taken);
        self.searched = 0;
        let mut kept = std::mem::take(&mut self.kept);
        kept.drain(..taken);
        kept
    }

    /// The next whole line, without its newline. Every byte is looked at and moved a fixed number of times.
    pub(crate) fn take_line(&mut self) -> Option<Vec<u8>> {
        let Some(length) = self.kept[self.searched..].iter().position(|&byte| byte == b'\n') else {
            self.searched = self.kept.len();
            return None;
        };
        let end = self.searched + length;
        let line = self.kept[self.taken..end].to_vec();
        self.taken = end + 1;
        self.searched = self.taken;
        if self.taken > self.kept.len() / 2 {
            self.kept.drain(..self.taken);
            (self.taken, self.searched) = (0, 0);
        }
        Some(line)
    }
}

/// Reads from a socket, and keeps the descriptor that comes with it.
#[cfg(target_os = "linux")]
fn receive(socket: &File, buffer: &mut [u8], descriptor: &mut Option<OwnedFd>) -> io::Result<usize> {
    let mut room = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut room);
    let received = recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            *descriptor = descriptors.last();
        }
    }
    Ok(received.bytes)
}

/// Reads from a socket. On other systems no descriptor comes with it.
#[cfg(not(target_os = "linux"))]
fn receive(mut socket: &File, buffer: &mut [u8], _: &mut Option<OwnedFd>) -> io::Result<usize> {
    socket.read(buffer)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::{Duration, Instant};

    use super::*;

    fn stream(bytes: &[u8]) -> Stream {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut stream = Stream::new(Some(file)).unwrap();
        stream.drain().unwrap();
        stream
    }

    #[test]
    fn lines_and_the_rest() {
        let mut stream = stream(b"one\n\nthree\nrest");
        let lines: Vec<_> = std::iter::from_fn(|| stream.take_line()).collect();
        assert_eq!(lines, [&b"one"[..], b"", b"three"]);
        assert_eq!(stream.take(), b"rest");
        assert_eq!(stream.take_line(), None);
    }

    /// A megabyte of newlines took seconds when each line moved all that came behind it.
    #[test]
    fn many_lines_cost_no_more_than_their_bytes() {
        let mut stream = stream(&vec![b'\n'; KEPT]);
        let started = Instant::now();
        assert_eq!(std::iter::from_fn(|| stream.take_line()).count(), KEPT);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }
}
