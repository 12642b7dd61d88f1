//! Eggs and conda packages. The Zstandard frames are put together by hand (RFC 8878), of blocks that are not compressed.

use rstest::rstest;
use soabi_wheel::{Limits, Package, PackageKind};

use crate::object;
use crate::zip::{Member, archive, member};

/// The native files and how many exports each has, or the error.
fn natives(kind: PackageKind, bytes: Vec<u8>, limits: Limits) -> Vec<(String, Result<usize, String>)> {
    let size = bytes.len() as u64;
    let package = Package::of_with("spam", kind, bytes, size, limits).unwrap();
    let mut natives = Vec::new();
    package.for_each_native(|name, facts| {
        let exports = facts.map(|facts| facts[0].exports.len()).map_err(|error| error.kind.to_string());
        natives.push((name.to_owned(), exports));
    });
    natives
}

/// A frame whose content is not compressed.
fn zstd(content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    frame.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    let mut blocks = content.chunks(1 << 16).peekable();
    while let Some(block) = blocks.next() {
        let last = u32::from(blocks.peek().is_none());
        let header = last | u32::try_from(block.len()).unwrap() << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.extend(block);
    }
    frame
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn conda(tar: &[u8]) -> Vec<u8> {
    let stored = |name, bytes: &[u8]| Member { deflated: false, ..member(name, bytes) };
    archive(&[
        stored("metadata.json", b"{}"),
        stored("pkg-spam-1.0-py312_0.tar.zst", &zstd(tar)),
        stored("info-spam-1.0-py312_0.tar.zst", &zstd(&self::tar(&[("info/index.json", b"{}")]))),
    ])
}

#[test]
fn an_egg() {
    let bytes =
        archive(&[member("spam/_spam.so", &object()), member("spam/a.py", b""), member("b.so", b"text")]);
    let seen = natives(PackageKind::Egg, bytes, Limits::default());
    let not_native = "not an ELF, Mach-O or PE file: it starts with [74, 65, 78, 74]".to_owned();
    assert_eq!(seen, [("spam/_spam.so".to_owned(), Ok(1)), ("b.so".to_owned(), Err(not_native))]);
}

#[test]
fn a_conda_package() {
    let large = [object(), vec![0; 200_000]].concat();
    let tar =
        tar(&[("lib/spam.so", &large), ("lib/spam.py", b""), ("lib/empty.so", b""), ("bin/spam", &object())]);
    let seen = natives(PackageKind::Conda, conda(&tar), Limits::default());
    let empty = Err("the file is empty".to_owned());
    let expected = [("lib/spam.so", Ok(1)), ("lib/empty.so", empty), ("bin/spam", Ok(1))];
    assert_eq!(seen, expected.map(|(name, exports)| (name.to_owned(), exports)));
}

/// What exceeds a limit is an error of its own, and nothing of that size is read.
#[rstest]
#[case::member(Limits { member: 100, ..Limits::default() }, "lib/spam.so", "the limit is 100")]
#[case::whole(Limits { ratio: 0, small: 1 << 10, ..Limits::default() }, "lib/spam.so", "inflates to")]
#[case::before_anything(Limits { ratio: 0, small: 100, ..Limits::default() }, "pkg-spam-1.0-py312_0.tar.zst", "damaged")]
fn limits_of_packages(#[case] limits: Limits, #[case] name: &str, #[case] message: &str) {
    let tar = tar(&[("lib/spam.so", &[object(), vec![0; 100_000]].concat())]);
    let seen = natives(PackageKind::Conda, conda(&tar), limits);
    assert_eq!(seen[0].0, name);
    let error = seen[0].1.as_ref().unwrap_err();
    assert!(error.contains(message), "{error}");
}

#[rstest]
#[case::not_zstd(b"spam spam spam")]
#[case::cut_off(&zstd(&tar(&[("lib/spam.so", b"spam")]))[..40])]
#[case::empty(b"")]
fn damaged(#[case] inner: &[u8]) {
    let bytes = archive(&[Member { deflated: false, ..member("pkg-spam.tar.zst", inner) }]);
    let seen = natives(PackageKind::Conda, bytes, Limits::default());
    assert_eq!(seen.len(), 1);
    assert!(seen[0].1.is_err(), "{seen:?}");
}
