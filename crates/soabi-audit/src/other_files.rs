//! Files that are nothing soabi reads, by their first bytes: what they are, for people.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use soabi_object::is_native;
use soabi_object::read::MAGIC_LENGTH;
use soabi_wheel::is_native_name;

/// What files begin with, and what they are. A ZIP archive with another name than that of a wheel is often one.
const KINDS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a ZIP archive without the name of a wheel (`spam-1.0-cp313-cp313-win_amd64.whl`)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"!<arch>\n", "a static library"),
    (b"\x89PNG", "a picture"),
    (b"%PDF", "a PDF document"),
];

/// What the file at `path` is. `None` for a native file, for one that has the name of a native file, whose reader says
/// what is wrong with it, and for what cannot be told.
pub(crate) fn what(path: &Path) -> Option<&'static str> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    if is_native_name(&path.to_string_lossy()) {
        return None;
    }
    let mut start = Vec::new();
    File::open(path).ok()?.take(MAGIC_LENGTH as u64).read_to_end(&mut start).ok()?;
    if start.is_empty() || is_native(&start, metadata.len()) {
        return None;
    }
    let known = KINDS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, what)| *what);
    known.or_else(|| is_text(&start).then_some("a text file"))
}

/// Whether bytes are text: UTF-8, perhaps cut off at the end, without control characters but those of lines.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c');
    let is_utf_8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf_8 && !bytes.iter().any(is_control)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("README.md", b"# soabi\n", Some("a text file"))]
    #[case::utf_8_cut_off("README", b"spam \xc3", Some("a text file"))]
    #[case("x.gz", b"\x1f\x8b\x08", Some("a gzip archive"))]
    #[case::a_name_counts("libspam.so", b"INPUT(-lspam)", None)]
    #[case::native("spam", b"\x7fELF\x02\x01\x01", None)]
    #[case::empty("spam", b"", None)]
    #[case::data("spam.dat", b"\x00\x01\x02", None)]
    fn by_the_first_bytes(#[case] name: &str, #[case] bytes: &[u8], #[case] expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(super::what(&path), expected);
    }
}
