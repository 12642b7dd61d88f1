//! Wheels: an archive with a wheel's file name and metadata.

use std::io;
use std::path::Path;

use soabi_object::{ObjectFacts, read};

use crate::ambiguity::Ambiguity;
use crate::container::{Container, Limits};
use crate::error::{MemberError, MemberErrorKind, WheelError};
use crate::file_name::WheelFileName;
use crate::inflate::Inflater;
use crate::member::Member;
use crate::metadata::WheelMetadata;
use crate::record::Record;
use crate::scheme::{self, Placed, Scheme};
use crate::source::ReadAt;
use crate::text::{Sources, Text};

/// A wheel whose structure was read. Its methods may be called from many threads at once.
#[derive(Debug)]
pub struct Wheel {
    file_name: WheelFileName,
    container: Container,
}

impl Wheel {
    /// Opens the wheel at `path` and reads its structure, with the default limits.
    pub fn open(path: &Path) -> Result<Self, WheelError> {
        Self::open_with(path, Limits::default())
    }

    /// Opens the wheel at `path` and reads its structure.
    pub fn open_with(path: &Path, limits: Limits) -> Result<Self, WheelError> {
        let file_name = |path: &Path| Ok(path.file_name().unwrap_or_default().to_string_lossy().parse()?);
        let (container, file_name) = Container::open(path, limits, file_name)?;
        Ok(Self { file_name, container })
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
        let container = Container::read(name.to_owned(), Box::new(source), size, limits)?;
        Ok(Self { file_name, container })
    }

    /// What its user calls it: the path of a file.
    pub fn name(&self) -> &str {
        &self.container.name
    }

    /// The parts of its file name.
    pub fn file_name(&self) -> &WheelFileName {
        &self.file_name
    }

    /// Its members without folders, in the order of the archive's directory.
    pub fn members(&self) -> &[Member] {
        &self.container.members
    }

    /// What two readers of the archive understand differently.
    pub fn ambiguities(&self) -> &[Ambiguity] {
        &self.container.ambiguities
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
        let facts = self.with_native(member, inflater, |_| (), read::read)?;
        let error = |error| MemberError { member: member.name.clone(), kind: MemberErrorKind::Object(error) };
        facts.transpose().map_err(error)
    }

    /// Calls `read` with the bytes of a member that is a native file; `None` for a member that is none, neither
    /// by its first bytes nor by its name. Before a native file is inflated, `lend` gets its size in bytes; what it
    /// returns is dropped when the file has been read.
    ///
    /// # Errors
    ///
    /// Those of [`Wheel::facts`] but for what `read` makes of the bytes.
    pub fn with_native<T, L>(
        &self,
        member: &Member,
        inflater: &mut Inflater,
        lend: impl FnOnce(u64) -> L,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, MemberError> {
        self.container.with_native(member, inflater, lend, read)
    }

    /// As [`Wheel::with_native`], with the bytes of every member that can be inflated: `read` is also told whether it is a
    /// native file. To inflate a small member once costs less than to look at how it starts, and then to inflate it.
    ///
    /// # Errors
    ///
    /// Those of [`Wheel::with_native`].
    pub fn with_any<T, L>(
        &self,
        member: &Member,
        inflater: &mut Inflater,
        lend: impl FnOnce(u64) -> L,
        read: impl FnOnce(&[u8], bool) -> T,
    ) -> Result<Option<T>, MemberError> {
        self.container.with_any(member, inflater, lend, read)
    }

    /// Whether [`Wheel::with_native`] has an answer for the member, or an error.
    pub fn may_be_native(&self, member: &Member, inflater: &mut Inflater) -> bool {
        self.container.may_be_native(member, inflater)
    }

    /// Calls `each` with every member that is a native file, or may be one, in the order of the directory.
    pub fn for_each_native(&self, mut each: impl FnMut(&Member, Result<Vec<ObjectFacts>, MemberError>)) {
        let mut inflater = Inflater::default();
        for member in &self.container.members {
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
        self.container.bytes(member, limit, inflater)
    }

    /// Writes the bytes of a member of at most `limit` bytes to `out`, in little memory.
    ///
    /// # Errors
    ///
    /// Those of [`Wheel::bytes`], some of which are known when everything has been written, and those of `out`.
    pub fn copy(
        &self,
        member: &Member,
        limit: u64,
        inflater: &mut Inflater,
        out: &mut dyn io::Write,
    ) -> Result<(), MemberError> {
        self.container.copy(member, limit, inflater, out)
    }

    /// The top-level `.dist-info` folder. If there are several, the one that has the name of the wheel counts.
    pub fn dist_info(&self) -> Option<&str> {
        let own = format!("{}-{}.dist-info", self.file_name.name, self.file_name.version);
        let folder = |member: &&Member| {
            let folder = member.name.strip_suffix("/WHEEL").filter(|folder| !folder.contains('/'));
            folder.is_some_and(|folder| folder.ends_with(".dist-info"))
        };
        let mut wheels = self.container.members.iter().filter(folder);
        let first = wheels.next()?;
        let wheel = std::iter::once(first).chain(wheels).find(|member| member.dist_info() == Some(&own));
        wheel.unwrap_or(first).dist_info()
    }

    /// What the `.dist-info` says.
    pub fn metadata(&self, inflater: &mut Inflater) -> Result<WheelMetadata, WheelError> {
        let Some(folder) = self.dist_info() else {
            return Err(WheelError::NoMetadata { name: self.container.name.clone() });
        };
        let mut metadata = WheelMetadata { folder: folder.to_owned(), ..WheelMetadata::default() };
        let mut text = |name: &str| {
            let member = self.in_dist_info(folder, name);
            member.map(|member| self.bytes(member, self.container.limits.metadata, inflater)).transpose()
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
        let Some(member) = member else { return Ok(None) };
        let bytes = self.bytes(member, self.container.limits.record, inflater)?;
        let error = |error| MemberError { member: member.name.clone(), kind: MemberErrorKind::Record(error) };
        Record::parse(&bytes).map(Some).map_err(error)
    }

    fn in_dist_info(&self, folder: &str, name: &str) -> Option<&Member> {
        // Of members with one name, pip reads the last.
        self.container.members.iter().rev().find(|member| {
            member.name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) == Some(name)
        })
    }

    /// The Python sources and path files (`.py`, `.pth`), each of at most `largest` bytes and together of at most
    /// `total`, in the order of the directory. What does not fit or cannot be read is counted.
    pub fn sources(&self, largest: u64, total: u64, inflater: &mut Inflater) -> Sources {
        let mut sources = Sources::default();
        let mut left = total;
        for member in &self.container.members {
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
        let mut names: Vec<&str> =
            self.container.members.iter().filter_map(|member| top_level(&member.name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The top-level module or package that a member is a part of.
fn top_level(member: &str) -> Option<&str> {
    let Placed { scheme, path } = scheme::place(member)?;
    if !matches!(scheme, Scheme::Root | Scheme::Platlib | Scheme::Purelib) {
        return None;
    }
    if let Some((folder, _)) = path.split_once('/') {
        return (!folder.ends_with(".dist-info") && !folder.ends_with(".libs")).then_some(folder);
    }
    let is_module = path.ends_with(".py") || crate::member::is_native_name(path);
    path.split('.').next().filter(|_| is_module)
}
