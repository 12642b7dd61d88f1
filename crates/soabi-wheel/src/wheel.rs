//! Wheels: an archive with a wheel's file name and metadata.

use std::fs::{self, File};
use std::path::Path;

use soabi_object::read::{self, MAGIC_LENGTH};
use soabi_object::{ObjectError, ObjectFacts};

use crate::ambiguity::Ambiguity;
use crate::error::{MemberError, MemberErrorKind, WheelError};
use crate::file_name::WheelFileName;
use crate::inflate::{Inflater, Stored};
use crate::member::Member;
use crate::metadata::WheelMetadata;
use crate::record::Record;
use crate::scheme::{self, Placed, Scheme};
use crate::source::ReadAt;
use crate::text::{Sources, Text};
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
            record: 64 << 20,
        }
    }
}

/// A wheel whose structure was read. Its methods may be called from many threads at once.
#[derive(Debug)]
pub struct Wheel {
    name: String,
    file_name: WheelFileName,
    source: Box<dyn ReadAt>,
    members: Vec<Member>,
    ambiguities: Vec<Ambiguity>,
    limits: Limits,
}

impl Wheel {
    /// Opens the wheel at `path` and reads its structure, with the default limits.
    pub fn open(path: &Path) -> Result<Self, WheelError> {
        Self::open_with(path, Limits::default())
    }

    /// Opens the wheel at `path` and reads its structure.
    pub fn open_with(path: &Path, limits: Limits) -> Result<Self, WheelError> {
        let name = path.display().to_string();
        let io = |source| WheelError::Io { name: path.display().to_string(), source };
        // Before it is opened, because opening a pipe waits for its writer.
        let size = match fs::metadata(path).map_err(io)? {
            metadata if metadata.is_file() => metadata.len(),
            _ => return Err(WheelError::NotAFile { name }),
        };
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().parse()?;
        Self::read(name, file_name, Box::new(File::open(path).map_err(io)?), size, limits)
    }

    /// Reads the structure of the wheel in the `size` bytes of `source`, with the default limits. The last part of
    /// `name` has to be a wheel's file name.
    pub fn of(name: &str, source: impl ReadAt + 'static, size: u64) -> Result<Self, WheelError> {
        Self::of_with(name, source, size, Limits::default())
    }

    /// Reads the structure of the wheel in the `size` bytes of `source`. The last part of `name` has to be a wheel's
    /// file name.
    pub fn of_with(
        name: &str,
        source: impl ReadAt + 'static,
        size: u64,
        limits: Limits,
    ) -> Result<Self, WheelError> {
        let file_name = name.rsplit('/').next().unwrap_or(name).parse()?;
        Self::read(name.to_owned(), file_name, Box::new(source), size, limits)
    }

    fn read(
        name: String,
        file_name: WheelFileName,
        source: Box<dyn ReadAt>,
        size: u64,
        limits: Limits,
    ) -> Result<Self, WheelError> {
        let archive = Archive::read(&*source, size, limits.directory);
        let archive = match archive {
            Ok(archive) => archive,
            Err(source) => return Err(WheelError::Archive { name, source }),
        };
        let Archive { mut members, ambiguities } = archive;
        members.retain(|member| !member.name.ends_with('/'));
        Ok(Self { name, file_name, source, members, ambiguities, limits })
    }

    /// What its user calls it: the path of a file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parts of its file name.
    pub fn file_name(&self) -> &WheelFileName {
        &self.file_name
    }

    /// Its members without folders, in the order of the archive's directory.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What two readers of the archive understand differently.
    pub fn ambiguities(&self) -> &[Ambiguity] {
        &self.ambiguities
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
        let facts = self.with_native(member, inflater, read::read)?;
        let error = |error| MemberError { member: member.name.clone(), kind: MemberErrorKind::Object(error) };
        facts.transpose().map_err(error)
    }

    /// Calls `read` with the bytes of a member that is a native file; `None` for a member that is none, neither
    /// by its first bytes nor by its name.
    ///
    /// # Errors
    ///
    /// Those of [`Wheel::facts`] but for what `read` makes of the bytes.
    pub fn with_native<T>(
        &self,
        member: &Member,
        inflater: &mut Inflater,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, MemberError> {
        named(member, || {
            let stored = self.stored(member)?;
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
            inflater.whole(&*self.source, stored).map(|bytes| Some(read(bytes)))
        })
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

    /// The bytes of a member of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// When the member is larger, or is not what the directory says.
    pub fn bytes(
        &self,
        member: &Member,
        limit: u64,
        inflater: &mut Inflater,
    ) -> Result<Vec<u8>, MemberError> {
        named(member, || {
            self.check_size(member, limit.min(self.limits.member))?;
            Ok(inflater.whole(&*self.source, self.stored(member)?)?.to_vec())
        })
    }

    /// The top-level `.dist-info` folder. If there are several, the one that has the name of the wheel counts.
    pub fn dist_info(&self) -> Option<&str> {
        let own = format!("{}-{}.dist-info", self.file_name.name, self.file_name.version);
        let folder = |member: &&Member| {
            let folder = member.name.strip_suffix("/WHEEL").filter(|folder| !folder.contains('/'));
            folder.is_some_and(|folder| folder.ends_with(".dist-info"))
        };
        let mut wheels = self.members.iter().filter(folder);
        let first = wheels.next()?;
        let wheel = std::iter::once(first).chain(wheels).find(|member| member.dist_info() == Some(&own));
        wheel.unwrap_or(first).dist_info()
    }

    /// What the `.dist-info` says.
    pub fn metadata(&self, inflater: &mut Inflater) -> Result<WheelMetadata, WheelError> {
        let Some(folder) = self.dist_info() else {
            return Err(WheelError::NoMetadata { name: self.name.clone() });
        };
        let mut metadata = WheelMetadata { folder: folder.to_owned(), ..WheelMetadata::default() };
        let mut text = |name: &str| {
            let member = self.in_dist_info(folder, name);
            member.map(|member| self.bytes(member, self.limits.metadata, inflater)).transpose()
        };
        if let Some(wheel) = text("WHEEL")? {
            metadata.read_wheel(&String::from_utf8_lossy(&wheel));
        }
        if let Some(core) = text("METADATA")? {
            metadata.read_metadata(&String::from_utf8_lossy(&core));
        }
        Ok(metadata)
    }

    /// What `RECORD` lists. `None` when there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn record(&self, inflater: &mut Inflater) -> Result<Option<Record>, MemberError> {
        let member = self.dist_info().and_then(|folder| self.in_dist_info(folder, "RECORD"));
        let bytes = member.map(|member| self.bytes(member, self.limits.record, inflater)).transpose()?;
        Ok(bytes.map(|bytes| Record::parse(&bytes)))
    }

    fn in_dist_info(&self, folder: &str, name: &str) -> Option<&Member> {
        // Of members with one name, pip reads the last.
        self.members.iter().rev().find(|member| {
            member.name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) == Some(name)
        })
    }

    /// The Python sources and path files (`.py`, `.pth`), each of at most `largest` bytes and together of at most
    /// `total`, in the order of the directory. What does not fit or cannot be read is counted.
    pub fn sources(&self, largest: u64, total: u64, inflater: &mut Inflater) -> Sources {
        let mut sources = Sources::default();
        let mut left = total;
        for member in &self.members {
            let is_source = [".py", ".pth"].iter().any(|suffix| member.name.ends_with(suffix));
            if !is_source {
                continue;
            }
            match self.bytes(member, largest.min(left), inflater) {
                Ok(bytes) => {
                    left -= member.size.min(left);
                    sources.texts.push(Text { member: member.name.clone(), bytes });
                }
                Err(_) => sources.left_out += 1,
            }
        }
        sources
    }

    /// The modules and packages that the wheel adds to the top level of `sys.path`, sorted: `numpy`, `six`.
    pub fn top_level(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.members.iter().filter_map(|member| top_level(&member.name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Where the member's bytes are.
    fn stored(&self, member: &Member) -> Result<Stored, MemberErrorKind> {
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
    fn check_size(&self, member: &Member, limit: u64) -> Result<(), MemberErrorKind> {
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

/// The top-level module or package that a member is a part of.
fn top_level(member: &str) -> Option<&str> {
    let Placed { scheme, path } = scheme::place(member)?;
    if !matches!(scheme, Scheme::Root | Scheme::Platlib | Scheme::Purelib) {
        return None;
    }
    match path.split_once('/') {
        Some((folder, _)) => {
            (!folder.ends_with(".dist-info") && !folder.ends_with(".libs")).then_some(folder)
        }
        None => {
            let is_module = path.ends_with(".py") || crate::member::is_native_name(path);
            path.split('.').next().filter(|_| is_module)
        }
    }
}

fn named<T>(member: &Member, read: impl FnOnce() -> Result<T, MemberErrorKind>) -> Result<T, MemberError> {
    read().map_err(|kind| MemberError { member: member.name.clone(), kind })
}
