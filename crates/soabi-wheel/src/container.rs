//! Containers: a ZIP archive with its members and their bytes, whatever it is for.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use soabi_object::ObjectError;
use soabi_object::read::{self, MAGIC_LENGTH};

use crate::ambiguity::Ambiguity;
use crate::error::{MemberError, MemberErrorKind, WheelError};
use crate::inflate::{Inflater, Stored};
use crate::member::Member;
use crate::source::ReadAt;
use crate::zip::Archive;

/// What is taken on before a member is called too large. Reaching a limit is an error that names the member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest member, in bytes. It is in memory as a whole.
    pub member: u64,
    /// How many bytes one compressed byte may become, in members of more than [`Limits::small`] bytes.
    pub ratio: u64,
    /// Members up to this size, in bytes, may have any ratio: a small library that is padded to large pages has
    /// been seen to become 224 times as large.
    pub small: u64,
    /// The largest directory, in bytes. It is in memory as a whole.
    pub directory: u64,
    /// The largest `WHEEL` and `METADATA`, in bytes.
    pub metadata: u64,
    /// The largest `RECORD`, in bytes. The largest seen lists 60,000 files in 6 MB.
    pub record: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            member: 4 << 30,
            ratio: 200,
            small: 64 << 20,
            directory: 256 << 20,
            metadata: 16 << 20,
            record: 16 << 20,
        }
    }
}

/// A ZIP archive whose structure was read.
#[derive(Debug)]
pub(crate) struct Container {
    /// What its user calls it.
    pub(crate) name: String,
    pub(crate) source: Box<dyn ReadAt>,
    /// Its members without folders.
    pub(crate) members: Vec<Member>,
    pub(crate) ambiguities: Vec<Ambiguity>,
    pub(crate) limits: Limits,
}

impl Container {
    /// Opens the regular file at `path`. `accept` sees its path before anything of the file is read.
    pub(crate) fn open<T>(
        path: &Path,
        limits: Limits,
        accept: impl FnOnce(&Path) -> Result<T, WheelError>,
    ) -> Result<(Self, T), WheelError> {
        let name = path.display().to_string();
        let io = |source| WheelError::Io { name: path.display().to_string(), source };
        // Before it is opened, because opening a pipe waits for its writer.
        let size = match fs::metadata(path).map_err(io)? {
            metadata if metadata.is_file() => metadata.len(),
            _ => return Err(WheelError::NotAFile { name }),
        };
        let accepted = accept(path)?;
        let file = Box::new(File::open(path).map_err(io)?);
        Ok((Self::read(name, file, size, limits)?, accepted))
    }

    pub(crate) fn read(
        name: String,
        source: Box<dyn ReadAt>,
        size: u64,
        limits: Limits,
    ) -> Result<Self, WheelError> {
        let Archive { mut members, ambiguities } = match Archive::read(&*source, size, limits.directory) {
            Ok(archive) => archive,
            Err(source) => return Err(WheelError::Archive { name, source }),
        };
        members.retain(|member| !member.name.ends_with('/'));
        Ok(Self { name, source, members, ambiguities, limits })
    }

    /// As [`crate::Wheel::may_be_native`].
    pub(crate) fn may_be_native(&self, member: &Member, inflater: &mut Inflater) -> bool {
        let mut start = [0; MAGIC_LENGTH];
        let start = Self::stored(member).and_then(|stored| inflater.start(&*self.source, stored, &mut start));
        member.is_named_native() || start.is_ok_and(|start| read::is_native(start, member.size))
    }

    /// As [`crate::Wheel::with_native`].
    pub(crate) fn with_native<T, L>(
        &self,
        member: &Member,
        inflater: &mut Inflater,
        lend: impl FnOnce(u64) -> L,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, MemberError> {
        named(member, || {
            let stored = Self::stored(member)?;
            let mut start = [0; MAGIC_LENGTH];
            let start = inflater.start(&*self.source, stored, &mut start)?;
            if !read::is_native(start, member.size) {
                return match member.is_named_native() {
                    true if start.is_empty() => Err(MemberErrorKind::Object(ObjectError::Empty)),
                    true => Err(MemberErrorKind::Object(ObjectError::NotNative(
                        start[..start.len().min(4)].to_vec(),
                    ))),
                    false => Ok(None),
                };
            }
            self.check_size(member, self.limits.member)?;
            let _lent = lend(member.size);
            inflater.whole(&*self.source, stored).map(|bytes| Some(read(bytes)))
        })
    }

    /// As [`crate::Wheel::with_any`].
    pub(crate) fn with_any<T, L>(
        &self,
        member: &Member,
        inflater: &mut Inflater,
        lend: impl FnOnce(u64) -> L,
        read: impl FnOnce(&[u8], bool) -> T,
    ) -> Result<Option<T>, MemberError> {
        if let Ok(stored) = Self::stored(member)
            && !member.is_named_native()
            && self.check_size(member, self.limits.member).is_ok()
        {
            let _lent = lend(member.size);
            let bytes = inflater.whole(&*self.source, stored);
            // What is damaged is nobody's but a native file's.
            let Ok(bytes) = bytes else {
                return self.with_native(member, inflater, |_| (), |bytes| read(bytes, true));
            };
            let is_native = read::is_native(&bytes[..bytes.len().min(MAGIC_LENGTH)], member.size);
            return Ok(Some(read(bytes, is_native)));
        }
        self.with_native(member, inflater, lend, |bytes| read(bytes, true))
    }

    /// The bytes of a member of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// When the member is larger, or is not what the directory says.
    pub(crate) fn bytes(
        &self,
        member: &Member,
        limit: u64,
        inflater: &mut Inflater,
    ) -> Result<Vec<u8>, MemberError> {
        named(member, || {
            self.check_size(member, limit.min(self.limits.member))?;
            Ok(inflater.whole(&*self.source, Self::stored(member)?)?.to_vec())
        })
    }

    /// As [`crate::Wheel::copy`].
    pub(crate) fn copy(
        &self,
        member: &Member,
        limit: u64,
        inflater: &mut Inflater,
        out: &mut dyn io::Write,
    ) -> Result<(), MemberError> {
        named(member, || {
            self.check_size(member, limit.min(self.limits.member))?;
            inflater.copy(&*self.source, Self::stored(member)?, out)
        })
    }

    /// Where the member's bytes are.
    pub(crate) fn stored(member: &Member) -> Result<Stored, MemberErrorKind> {
        if member.encrypted {
            return Err(MemberErrorKind::Encrypted);
        }
        let deflated = match member.method {
            0 => false,
            8 => true,
            other => return Err(MemberErrorKind::Method(other)),
        };
        Ok(Stored {
            start: member.data.ok_or(MemberErrorKind::Place)?,
            compressed_size: member.compressed_size,
            size: member.size,
            crc: member.crc,
            deflated,
        })
    }

    /// Whether the member is one to inflate. The compressed size was held against the file's own.
    pub(crate) fn check_size(&self, member: &Member, limit: u64) -> Result<(), MemberErrorKind> {
        let (size, compressed, limits) = (member.size, member.compressed_size, self.limits);
        if size > limit {
            return Err(MemberErrorKind::TooLarge { size, limit });
        }
        if size > limits.small && size / limits.ratio > compressed {
            return Err(MemberErrorKind::Ratio { compressed, size, limit: limits.ratio });
        }
        Ok(())
    }
}

pub(crate) fn named<T>(
    member: &Member,
    read: impl FnOnce() -> Result<T, MemberErrorKind>,
) -> Result<T, MemberError> {
    read().map_err(|kind| MemberError { member: member.name.clone(), kind })
}
