//! The members of a wheel, as the archive's directory lists them.

/// A member. What it says of itself is what the archive's directory says, and may be a lie until it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The path inside the wheel, with `/` between its parts: the name that pip writes. Bytes that are not UTF-8 are
    /// replaced. Where another installer has another name, [`crate::Wheel::ambiguities`] says so.
    pub name: String,
    /// The size of its bytes.
    pub size: u64,
    /// The size of its bytes in the archive.
    pub compressed_size: u64,
    /// Whether its mode has an executable bit, which installers keep.
    pub executable: bool,
    pub(crate) crc: u32,
    pub(crate) method: u16,
    pub(crate) encrypted: bool,
    /// Where its bytes start. `None` when the directory points to something that is not a member.
    pub(crate) data: Option<u64>,
}

impl Member {
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

    /// The top-level `.dist-info` folder that it is in.
    pub(crate) fn dist_info(&self) -> Option<&str> {
        let (folder, _) = self.name.split_once('/')?;
        folder.ends_with(".dist-info").then_some(folder)
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
