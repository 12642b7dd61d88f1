//! The members of a wheel, as the archive's directory lists them.

use rawzip::{CompressionMethod, ZipArchiveEntryWayfinder, ZipFileHeaderRecord};

/// A member. What it says of itself is what the archive's directory says, and may be a lie until it was read.
#[derive(Clone, Debug)]
pub struct Member {
    /// The path inside the wheel, with `/` between its parts. What is not UTF-8 is replaced.
    pub name: String,
    /// The size of its bytes.
    pub size: u64,
    /// The size of its bytes in the archive.
    pub compressed_size: u64,
    pub(super) crc: u32,
    pub(super) method: CompressionMethod,
    pub(super) encrypted: bool,
    pub(super) place: ZipArchiveEntryWayfinder,
}

impl Member {
    pub(super) fn new(record: &ZipFileHeaderRecord<'_>) -> Self {
        Self {
            name: String::from_utf8_lossy(record.file_path().as_ref()).into_owned(),
            size: record.uncompressed_size_hint(),
            compressed_size: record.compressed_size_hint(),
            crc: record.crc32(),
            method: record.compression_method(),
            encrypted: record.flags().is_encrypted(),
            place: record.wayfinder(),
        }
    }

    /// The CRC-32 of its bytes.
    pub fn crc(&self) -> u32 {
        self.crc
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// [`is_native_name`] of its name.
    pub fn is_named_native(&self) -> bool {
        is_native_name(&self.name)
    }
}

/// Whether a path ends as those of native files do: `.so`, also with a version behind it, `.pyd`, `.dll` or
/// `.dylib`.
pub fn is_native_name(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let unversioned = path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    [".so", ".pyd", ".dll", ".dylib"].iter().any(|suffix| path.ends_with(suffix))
        || unversioned.ends_with(".so")
}

/// Something about a member that installers refuse, or treat differently from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The member's name.
    pub member: String,
    /// What it is.
    pub kind: OddityKind,
}

/// What is odd about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddityKind {
    /// Another member has the same name.
    Duplicate,
    /// The path starts at a root or a drive.
    Absolute,
    /// The path has a part `..`.
    ParentFolder,
    /// The path has a `\`, which is a separator on Windows only.
    Backslash,
    /// The path is not UTF-8.
    NotUtf8,
    /// The member is a symbolic link. Wheels have none; pip writes its target as the file's content.
    SymbolicLink,
}

impl OddityKind {
    /// What is odd, as the end of a sentence that starts with the member's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "is in the archive twice",
            Self::Absolute => "has an absolute path",
            Self::ParentFolder => "has a path that leads out of the wheel",
            Self::Backslash => "has a backslash in its path",
            Self::NotUtf8 => "has a path that is not UTF-8",
            Self::SymbolicLink => "is a symbolic link",
        }
    }
}

/// What is odd about a member by itself.
pub(super) fn oddities<'a>(record: &'a ZipFileHeaderRecord<'_>) -> impl Iterator<Item = OddityKind> + 'a {
    let path = record.file_path();
    let path: &[u8] = path.as_ref();
    let text = String::from_utf8_lossy(path);
    let found = [
        (text.starts_with(['/', '\\']) || path.get(1) == Some(&b':'), OddityKind::Absolute),
        (text.split(['/', '\\']).any(|part| part == ".."), OddityKind::ParentFolder),
        (text.contains('\\'), OddityKind::Backslash),
        (std::str::from_utf8(path).is_err(), OddityKind::NotUtf8),
        (record.mode().is_symlink(), OddityKind::SymbolicLink),
    ];
    found.into_iter().filter_map(|(is, kind)| is.then_some(kind))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("spam.so", true)]
    #[case("spam.cpython-311-x86_64-linux-gnu.so", true)]
    #[case("spam.libs/libssl-4fa2.so.1.1", true)]
    #[case("SPAM.PYD", true)]
    #[case("spam.dll", true)]
    #[case("libspam.dylib", true)]
    #[case("spam.so.py", false)]
    #[case("spam.so.", true)]
    #[case("spam.so/data.txt", false)]
    #[case("spam.py", false)]
    #[case("so", false)]
    fn names(#[case] name: &str, #[case] native: bool) {
        assert_eq!(super::is_native_name(name), native);
    }
}
