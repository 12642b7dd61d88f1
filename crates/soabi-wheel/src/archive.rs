//! The archive of a wheel: its directory, its members, and their bytes.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive};
use soabi_object::read::{self, MAGIC_LENGTH};
use soabi_object::{ObjectError, ObjectFacts};

use crate::error::{MemberError, MemberErrorKind, WheelError};
use crate::file_name::WheelFileName;
use crate::inflate::{Inflater, Stored};
use crate::member::{self, Member, Oddity, OddityKind};
use crate::metadata::WheelMetadata;

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
}

impl Default for Limits {
    fn default() -> Self {
        Self { member: 4 << 30, ratio: 200, small: 64 << 20 }
    }
}

/// A wheel whose directory was read. Its methods may be called from many threads at once.
#[derive(Debug)]
pub struct Wheel {
    path: PathBuf,
    file_name: WheelFileName,
    archive: ZipArchive<FileReader>,
    members: Vec<Member>,
    oddities: Vec<Oddity>,
    limits: Limits,
}

impl Wheel {
    /// Opens the wheel at `path` and reads its directory, with the default limits.
    pub fn open(path: &Path) -> Result<Self, WheelError> {
        Self::open_with(path, Limits::default())
    }

    /// Opens the wheel at `path` and reads its directory.
    pub fn open_with(path: &Path, limits: Limits) -> Result<Self, WheelError> {
        let io = |source| WheelError::Io { path: path.to_owned(), source };
        let zip = |source| WheelError::Archive { path: path.to_owned(), source };
        // Asked first, because opening a pipe waits for somebody to write into it.
        let size = match fs::metadata(path).map_err(io)? {
            metadata if metadata.is_file() => metadata.len(),
            _ => return Err(WheelError::NotAFile { path: path.to_owned() }),
        };
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().parse()?;
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(File::open(path).map_err(io)?, &mut buffer).map_err(zip)?;
        let (mut members, mut oddities) = (Vec::new(), Vec::new());
        let mut names = HashSet::new();
        let mut entries = archive.entries(&mut buffer);
        while let Some(record) = entries.next_entry().map_err(zip)? {
            let member = Member::new(&record);
            let duplicate = (!names.insert(member.name.clone())).then_some(OddityKind::Duplicate);
            let kinds = member::oddities(&record).chain(duplicate);
            oddities.extend(kinds.map(|kind| Oddity { member: member.name.clone(), kind }));
            if !record.is_dir() {
                members.push(member);
            }
        }
        let compressed = members.iter().fold(0u64, |sum, member| sum.saturating_add(member.compressed_size));
        if compressed > size {
            return Err(WheelError::Overlap { path: path.to_owned(), compressed, file: size });
        }
        Ok(Self { path: path.to_owned(), file_name, archive, members, oddities, limits })
    }

    /// Where the wheel is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The parts of its file name.
    pub fn file_name(&self) -> &WheelFileName {
        &self.file_name
    }

    /// Its members without folders, in the order of the archive's directory.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What is odd about its members.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The facts of a member that is a native file, one set per slice; `None` for a member that is none, neither
    /// by its first bytes nor by its name.
    ///
    /// # Errors
    ///
    /// When it is not known what the member is, and when it is a native file by its first bytes or by its name
    /// and cannot be read as one.
    pub fn facts(
        &self,
        member: &Member,
        inflater: &mut Inflater,
    ) -> Result<Option<Vec<ObjectFacts>>, MemberError> {
        let facts = || {
            let stored = self.stored(member)?;
            let mut start = [0; MAGIC_LENGTH];
            let start = inflater.start(self.archive.get_ref(), stored, &mut start)?;
            if !read::is_native(start, member.size) {
                return match member.is_named_native() {
                    true if start.is_empty() => Err(MemberErrorKind::Object(ObjectError::Empty)),
                    true => Err(MemberErrorKind::Object(ObjectError::NotNative(
                        start[..start.len().min(4)].to_vec(),
                    ))),
                    false => Ok(None),
                };
            }
            self.check_size(member)?;
            let bytes = inflater.whole(self.archive.get_ref(), stored)?;
            read::read(bytes).map(Some).map_err(MemberErrorKind::Object)
        };
        named(member, facts)
    }

    /// Calls `each` with every member that is a native file, or may be one, in the order of the directory.
    pub fn for_each_native(&self, mut each: impl FnMut(&Member, Result<Vec<ObjectFacts>, MemberError>)) {
        let mut inflater = Inflater::default();
        for member in &self.members {
            if let Some(facts) = self.facts(member, &mut inflater).transpose() {
                each(member, facts);
            }
        }
    }

    /// What the `.dist-info` says. If there are several, the one that has the name of the wheel counts.
    pub fn metadata(&self, inflater: &mut Inflater) -> Result<WheelMetadata, WheelError> {
        let own = format!("{}-{}.dist-info/WHEEL", self.file_name.name, self.file_name.version);
        let is_wheel = |member: &&Member| {
            member.name.strip_suffix(".dist-info/WHEEL").is_some_and(|folder| !folder.contains('/'))
        };
        let wheel = self.members.iter().find(|member| member.name == own);
        let wheel = wheel.or_else(|| self.members.iter().find(is_wheel));
        let wheel = wheel.ok_or_else(|| WheelError::NoMetadata { path: self.path.clone() })?;
        let folder = wheel.name.trim_end_matches("/WHEEL").to_owned();
        let core = self.members.iter().find(|member| member.name == format!("{folder}/METADATA"));
        let mut metadata = WheelMetadata { folder, ..WheelMetadata::default() };
        metadata.read_wheel(&self.text(wheel, inflater)?);
        if let Some(core) = core {
            metadata.read_metadata(&self.text(core, inflater)?);
        }
        Ok(metadata)
    }

    fn text(&self, member: &Member, inflater: &mut Inflater) -> Result<String, MemberError> {
        named(member, || {
            self.check_size(member)?;
            let bytes = inflater.whole(self.archive.get_ref(), self.stored(member)?)?;
            Ok(String::from_utf8_lossy(bytes).into_owned())
        })
    }

    /// Where the member's bytes are.
    fn stored(&self, member: &Member) -> Result<Stored, MemberErrorKind> {
        if member.encrypted {
            return Err(MemberErrorKind::Encrypted);
        }
        let deflated = match member.method {
            CompressionMethod::STORE => false,
            CompressionMethod::DEFLATE => true,
            other => return Err(MemberErrorKind::Method(other.as_u16())),
        };
        let entry = self.archive.get_entry(member.place).map_err(MemberErrorKind::Archive)?;
        let (start, _) = entry.compressed_data_range();
        Ok(Stored {
            start,
            compressed_size: member.compressed_size,
            size: member.size,
            crc: member.crc,
            deflated,
        })
    }

    /// Whether the member is one to inflate. The compressed size was held against the file's own.
    fn check_size(&self, member: &Member) -> Result<(), MemberErrorKind> {
        let (size, compressed, limits) = (member.size, member.compressed_size, self.limits);
        if size > limits.member {
            return Err(MemberErrorKind::TooLarge { size, limit: limits.member });
        }
        if size > limits.small && size / limits.ratio > compressed {
            return Err(MemberErrorKind::Ratio { compressed, size, limit: limits.ratio });
        }
        Ok(())
    }
}

fn named<T>(member: &Member, read: impl FnOnce() -> Result<T, MemberErrorKind>) -> Result<T, MemberError> {
    read().map_err(|kind| MemberError { member: member.name.clone(), kind })
}
