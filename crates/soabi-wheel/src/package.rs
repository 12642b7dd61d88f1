//! Packages that are not wheels and have native files: eggs (ZIP) and conda packages (ZIP around tar and Zstandard).
//!
//! Their native files are read; what their names and metadata promise is not. [`unsupported`] names the other archives
//! that people have.

use std::io::{self, Read};
use std::path::Path;

use ruzstd::decoding::StreamingDecoder;
use soabi_object::read::{self, MAGIC_LENGTH};
use soabi_object::{ObjectError, ObjectFacts};

use crate::ambiguity::Ambiguity;
use crate::container::{Container, Limits, named};
use crate::error::{MemberError, MemberErrorKind, WheelError};
use crate::inflate::Inflater;
use crate::member::{Member, is_native_name};
use crate::source::ReadAt;

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// `.egg`, setuptools' format before wheels.
    Egg,
    /// `.conda`: a ZIP archive with a `pkg-*.tar.zst` and an `info-*.tar.zst`.
    Conda,
}

impl PackageKind {
    /// What a file of this name is.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "egg" => Some(Self::Egg),
            "conda" => Some(Self::Conda),
            _ => None,
        }
    }
}

/// What an archive is that cannot be read, and what to do with it. `None` for names of other files.
pub fn unsupported(path: &Path) -> Option<&'static str> {
    const KINDS: [(&[&str], &str); 6] = [
        (
            &[".tar.gz", ".tgz", ".zip"],
            "it is a source distribution or another archive: build a wheel of it (`pip wheel --no-deps FILE`), or \
             unpack it",
        ),
        (
            &[".tar.bz2"],
            "it is a conda package of the old format or another archive: convert it (`cph transmute FILE .conda`), or \
             unpack it",
        ),
        (&[".tar", ".tar.xz", ".tar.zst", ".7z"], "it is an archive: unpack it and audit the folder"),
        (&[".deb"], "it is a Debian package: unpack it (`dpkg-deb -x FILE FOLDER`) and audit the folder"),
        (&[".rpm"], "it is an RPM package: unpack it (`rpm2archive FILE`) and audit the folder"),
        (&[".exe", ".msi"], "it is an installer or a program: soabi reads wheels, `.pyd` and `.dll` files"),
    ];
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let is = |(suffixes, _): &&(&[&str], &str)| suffixes.iter().any(|suffix| name.ends_with(suffix));
    KINDS.iter().find(is).map(|(_, what)| *what)
}

/// A package whose structure was read.
#[derive(Debug)]
pub struct Package {
    kind: PackageKind,
    container: Container,
}

impl Package {
    /// Opens the package at `path`, which is a `kind`.
    pub fn open(path: &Path, kind: PackageKind, limits: Limits) -> Result<Self, WheelError> {
        let (container, ()) = Container::open(path, limits, |_| Ok(()))?;
        Ok(Self { kind, container })
    }

    /// Reads the structure of the package in the `size` bytes of `source`.
    pub fn of_with(
        name: &str,
        kind: PackageKind,
        source: impl ReadAt + 'static,
        size: u64,
        limits: Limits,
    ) -> Result<Self, WheelError> {
        let container = Container::read(name.to_owned(), Box::new(source), size, limits)?;
        Ok(Self { kind, container })
    }

    /// What two readers of the archive understand differently.
    pub fn ambiguities(&self) -> &[Ambiguity] {
        &self.container.ambiguities
    }

    /// Calls `each` with the path of every native file, or file that is named like one, and its facts or why there are
    /// none. In a conda package that cannot be read any further, the path is that of the archive in it.
    pub fn for_each_native(&self, each: impl FnMut(&str, Result<Vec<ObjectFacts>, MemberError>)) {
        self.for_each_native_with(|_, bytes| read::read(bytes), each);
    }

    /// As [`Package::for_each_native`], with what `read` makes of the path and the bytes of each file.
    pub fn for_each_native_with<T>(
        &self,
        read: impl Fn(&str, &[u8]) -> Result<T, ObjectError>,
        mut each: impl FnMut(&str, Result<T, MemberError>),
    ) {
        let mut inflater = Inflater::default();
        for member in &self.container.members {
            match self.kind {
                PackageKind::Egg => {
                    let read = |bytes: &[u8]| read(&member.name, bytes);
                    let facts = self.container.with_native(member, &mut inflater, |_| (), read);
                    let facts = facts.and_then(|facts| named(member, || as_member_error(facts)));
                    if let Some(facts) = facts.transpose() {
                        each(&member.name, facts);
                    }
                }
                PackageKind::Conda if member.name.ends_with(".tar.zst") => {
                    let unpacked = named(member, || self.tar(member, &read, &mut each));
                    if let Err(error) = unpacked {
                        each(&member.name, Err(error));
                    }
                }
                PackageKind::Conda => {}
            }
        }
    }

    /// Reads the native files of a tar archive.
    fn tar<T>(
        &self,
        member: &Member,
        read: &impl Fn(&str, &[u8]) -> Result<T, ObjectError>,
        each: &mut impl FnMut(&str, Result<T, MemberError>),
    ) -> Result<(), MemberErrorKind> {
        let limits = self.container.limits;
        let stored = Container::stored(member)?;
        if stored.deflated || stored.size != stored.compressed_size {
            return Err(MemberErrorKind::Inflate(
                "a compressed archive in it is compressed again".to_owned(),
            ));
        }
        let damaged = |error: &dyn std::fmt::Display| MemberErrorKind::Inflate(error.to_string());
        let range = Range { source: &*self.container.source, at: stored.start, left: stored.size };
        let decoder = StreamingDecoder::new(range).map_err(|error| damaged(&error))?;
        // Everything that it may inflate to, counted once for the whole archive.
        let limit = stored.size.saturating_mul(limits.ratio).max(limits.small);
        let mut archive = tar::Archive::new(decoder.take(limit));
        for entry in archive.entries().map_err(|error| damaged(&error))? {
            let mut entry = entry.map_err(|error| damaged(&error))?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let size = entry.size();
            let read = |bytes: &[u8]| read(&path, bytes);
            if let Some(facts) = native(&mut entry, &path, size, limits.member, read).transpose() {
                each(&path, facts.map_err(|kind| MemberError { member: path.clone(), kind }));
            }
        }
        Ok(())
    }
}

/// The largest size of a file that is believed before it was read, in bytes.
const EXPECTED: u64 = 64 << 20;

fn as_member_error<T>(facts: Option<Result<T, ObjectError>>) -> Result<Option<T>, MemberErrorKind> {
    facts.transpose().map_err(MemberErrorKind::Object)
}

/// What `read` makes of an entry that is a native file, by its first bytes or its name.
fn native<T>(
    entry: &mut (impl Read + Sized),
    path: &str,
    size: u64,
    limit: u64,
    read: impl FnOnce(&[u8]) -> Result<T, ObjectError>,
) -> Result<Option<T>, MemberErrorKind> {
    let mut bytes = Vec::new();
    entry.take(MAGIC_LENGTH as u64).read_to_end(&mut bytes)?;
    if !read::is_native(&bytes, size) {
        return match is_native_name(path) {
            true if bytes.is_empty() => Err(MemberErrorKind::Object(ObjectError::Empty)),
            true => {
                bytes.truncate(4);
                Err(MemberErrorKind::Object(ObjectError::NotNative(bytes)))
            }
            false => Ok(None),
        };
    }
    if size > limit {
        return Err(MemberErrorKind::TooLarge { size, limit });
    }
    // What is not sized grows to twice its size. A size that lies is paid for by what is read.
    bytes.reserve_exact(usize::try_from(size.min(EXPECTED)).unwrap_or(0));
    entry.read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(MemberErrorKind::Size { expected: size, actual: bytes.len() as u64 });
    }
    read(&bytes).map(Some).map_err(MemberErrorKind::Object)
}

/// A part of a source as a stream.
struct Range<'a> {
    source: &'a dyn ReadAt,
    at: u64,
    left: u64,
}

impl Read for Range<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.source.read_exact_at(&mut buffer[..length], self.at)?;
        self.at += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam-1.0-py3.8-linux-x86_64.egg", Some(PackageKind::Egg))]
    #[case("spam-1.0-py312_0.conda", Some(PackageKind::Conda))]
    #[case("spam-1.0-py3-none-any.whl", None)]
    #[case("spam.so", None)]
    fn kinds(#[case] name: &str, #[case] kind: Option<PackageKind>) {
        assert_eq!(PackageKind::of(Path::new(name)), kind);
    }

    #[rstest]
    #[case("spam-1.0.tar.gz", Some("source distribution"))]
    #[case("spam-1.0.ZIP", Some("source distribution"))]
    #[case("spam-1.0-py312_0.tar.bz2", Some("conda package of the old format"))]
    #[case("spam.tar", Some("unpack it"))]
    #[case("python3-spam_1.0_amd64.deb", Some("Debian"))]
    #[case("spam.so", None)]
    #[case("spam.gz", None)]
    #[case("zip", None)]
    fn other_archives(#[case] name: &str, #[case] part: Option<&str>) {
        let what = unsupported(Path::new(name));
        assert_eq!(what.is_some(), part.is_some());
        assert!(what.unwrap_or_default().contains(part.unwrap_or_default()));
    }
}
