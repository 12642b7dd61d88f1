//! Wheels: sound ones, odd ones, and archives that lie.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its file has failed")]

use std::fs;
use std::path::Path;

use rstest::rstest;
use soabi_object::FileError;
use soabi_wheel::{ArchiveError, Inflater, Limits, MemberErrorKind, Wheel, WheelError};

use crate::specimen::elf::{Elf, export, import};
use crate::zip::{Member, member};

mod ambiguities;
mod contents;
mod packages;
mod random;
/// Native files put together byte by byte, those of soabi-object's own tests.
#[path = "../../../soabi-object/tests/read/specimen/mod.rs"]
#[expect(dead_code, reason = "the specimens of the formats other than ELF are not used here")]
mod specimen;
mod zip;

const NAME: &str = "spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl";

fn object() -> Vec<u8> {
    Elf { symbols: vec![import("PyLong_FromLong"), export("PyInit_spam")], calls: vec![1], ..Elf::default() }
        .build()
}

fn metadata() -> Member {
    member("spam-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: cp39-abi3-manylinux_2_17_x86_64\n")
}

/// A wheel that is in memory.
fn wheel(bytes: Vec<u8>) -> Result<Wheel, WheelError> {
    let size = bytes.len() as u64;
    Wheel::of(NAME, bytes, size)
}

/// What soabi says of each native member: the names of its exports, or the error.
fn natives(members: &[Member]) -> Vec<(String, Result<Vec<String>, String>)> {
    let mut natives = Vec::new();
    wheel(zip::archive(members)).unwrap().for_each_native(|member, facts| {
        let exports = facts.map(|facts| facts[0].exports.iter().map(|export| export.name.clone()).collect());
        natives.push((member.name.clone(), exports.map_err(|error| error.kind.to_string())));
    });
    natives
}

fn error_of(member: Member) -> String {
    natives(&[member]).remove(0).1.unwrap_err()
}

#[rstest]
#[case::deflated(member("spam.so", &object()))]
#[case::stored(Member { deflated: false, ..member("spam.so", &object()) })]
#[case::sizes_behind_the_bytes(Member { flags: 8, ..member("spam.so", &object()) })]
#[case::zip64(Member { zip64: true, ..member("spam.so", &object()) })]
#[case::any_name(member("spam/data.bin", &object()))]
#[case::no_extension(member("spam.libs/spam", &object()))]
fn a_native_member_is_read(#[case] member: Member) {
    let name = String::from_utf8(member.name.clone()).unwrap();
    let expected = vec![(name, Ok(vec!["PyInit_spam".to_owned()]))];
    assert_eq!(natives(&[metadata(), member]), expected);
}

#[rstest]
#[case::text(member("spam.py", b"import _spam"))]
#[case::empty(member("spam/__init__.py", b""))]
#[case::stored_empty(Member { deflated: false, ..member("spam/__init__.py", b"") })]
#[case::folder(Member { deflated: false, mode: 0o40_755, ..member("spam.so/", b"") })]
fn other_members_are_passed_over(#[case] member: Member) {
    assert_eq!(natives(&[member]), []);
}

/// With the bytes of every member that can be inflated; what cannot is an error where it is a native file by its first
/// bytes or by its name, as it is without.
#[rstest]
#[case::native(member("data", &object()), Ok(Some((object().len(), true))))]
#[case::text(member("spam.py", b"import _spam"), Ok(Some((12, false))))]
#[case::empty(member("spam/__init__.py", b""), Ok(Some((0, false))))]
#[case::damaged_text(Member { crc: Some(1), ..member("spam.py", b"import _spam") }, Ok(None))]
#[case::damaged_native(Member { crc: Some(1), ..member("data", &object()) }, Err("says 00000001"))]
#[case::text_named_so(member("spam.so", b"spam"), Err("not an ELF, Mach-O or PE file"))]
#[case::encrypted(Member { flags: 1, ..member("spam.py", b"spam") }, Err("the member is encrypted"))]
fn any_member_is_read(#[case] member: Member, #[case] expected: Result<Option<(usize, bool)>, &str>) {
    let wheel = wheel(zip::archive(&[member])).unwrap();
    let read = |bytes: &[u8], is_native| (bytes.len(), is_native);
    let read = wheel.with_any(&wheel.members()[0], &mut Inflater::default(), |_| (), read);
    match (read, expected) {
        (Err(error), Err(message)) => assert!(error.kind.to_string().contains(message), "{error}"),
        (read, expected) => assert_eq!(read.ok(), expected.ok()),
    }
}

#[rstest]
#[case::text_named_so(
    member("spam.so", b"spam"),
    "not an ELF, Mach-O or PE file: it starts with [73, 70, 61, 6d]"
)]
#[case::empty_so(member("spam.so", b""), "the file is empty")]
#[case::empty_versioned(member("libspam.so.1.2", b""), "the file is empty")]
#[case::cut_off(member("data", &object()[..100]), "ELF program headers at offset 0x40: 2 of them do not fit")]
#[case::encrypted(Member { flags: 1, ..member("data", b"spam") }, "the member is encrypted")]
#[case::zstd(Member { method: Some(93), ..member("data", b"spam") }, "the compression method 93 is not one")]
#[case::checksum(Member { crc: Some(1), ..member("spam.so", &object()) }, "and the archive's directory says 00000001")]
#[case::stored_as_deflated(Member { deflated: false, method: Some(8), ..member("spam.so", &object()) }, "the compressed bytes are damaged")]
#[case::deflated_as_stored(Member { method: Some(0), ..member("spam.so", &object()) }, "not an ELF")]
fn what_is_not_read_is_said(#[case] member: Member, #[case] message: &str) {
    let error = error_of(member);
    assert!(error.contains(message), "{error}");
}

#[rstest]
#[case::less(-1)]
#[case::more(1)]
fn sizes_that_lie(#[case] difference: i64, #[values(true, false)] deflated: bool) {
    let size = Some((object().len() as u64).checked_add_signed(difference).unwrap());
    let error = error_of(Member { deflated, size, ..member("spam.so", &object()) });
    assert!(error.contains("inflates to"), "{error}");
}

/// A native file that is followed by a great many zeros.
#[rstest]
#[case::below_the_ratio(1 << 20, Limits { ratio: 1100, small: 0, ..Limits::default() }, None)]
#[case::above_the_ratio(1 << 20, Limits { ratio: 100, small: 0, ..Limits::default() }, Some("more than 100 times"))]
#[case::small(1 << 20, Limits { ratio: 100, small: 2 << 20, ..Limits::default() }, None)]
#[case::at_the_limit(1 << 20, Limits { member: 1 << 20, ..Limits::default() }, None)]
#[case::above_the_limit((1 << 20) + 1, Limits { member: 1 << 20, ..Limits::default() }, Some("the limit is 1048576"))]
fn bombs(#[case] size: usize, #[case] limits: Limits, #[case] refused: Option<&str>) {
    let mut bytes = object();
    bytes.resize(size, 0);
    let bytes = zip::archive(&[member("spam.so", &bytes)]);
    let size = bytes.len() as u64;
    let wheel = Wheel::of_with(NAME, bytes, size, limits).unwrap();
    let facts = wheel.facts(&wheel.members()[0], &mut Inflater::default());
    match refused {
        Some(message) => assert!(facts.unwrap_err().kind.to_string().contains(message)),
        None => assert_eq!(facts.unwrap().unwrap().len(), 1),
    }
}

/// The claim alone is enough to be refused: nothing of that size is ever reserved.
#[test]
fn ten_gigabytes_in_a_few_bytes() {
    let error = error_of(Member { size: Some(10 << 30), zip64: true, ..member("spam.so", &object()) });
    assert!(error.contains("inflates to 10737418240 bytes, and the limit is"), "{error}");
}

/// Members that share their bytes claim more of them than the file has.
#[test]
fn overlapping_members() {
    let noise: Vec<u8> = (0..40_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let one = Member { deflated: false, ..member("a.so", &noise) };
    let mut bytes = zip::archive(&[one.clone(), Member { name: b"b.so".to_vec(), ..one }]);
    // The first member's bytes go, and the second's place is the first's.
    let (length, header) = (noise.len(), 30 + 4);
    bytes.drain(header + length..2 * (header + length));
    let end = bytes.len() - 22;
    let second = bytes[..end].windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    let directory = u32::try_from(header + length).unwrap();
    bytes[end + 16..end + 20].copy_from_slice(&directory.to_le_bytes());
    let error = wheel(bytes).unwrap_err();
    assert!(matches!(error, WheelError::Archive { source: ArchiveError::Overlap { .. }, .. }), "{error:?}");
}

#[rstest]
#[case::own(&["eggs-2.0.dist-info/WHEEL", "spam-1.0.dist-info/WHEEL"], Some("spam-1.0.dist-info"))]
#[case::normalised(&["Spam-1.0.dist-info/WHEEL"], Some("Spam-1.0.dist-info"))]
#[case::vendored(&["spam/_vendor/eggs-2.0.dist-info/WHEEL"], None)]
#[case::none(&["spam.py"], None)]
fn the_metadata_of_the_wheel(#[case] names: &[&str], #[case] folder: Option<&str>) {
    let members: Vec<_> = names.iter().map(|name| member(name, b"Root-Is-Purelib: true\n")).collect();
    let metadata = wheel(zip::archive(&members)).unwrap().metadata(&mut Inflater::default());
    match folder {
        Some(folder) => {
            let metadata = metadata.unwrap();
            assert_eq!((metadata.folder.as_str(), metadata.root_is_purelib), (folder, Some(true)));
        }
        None => assert!(matches!(metadata, Err(WheelError::NoMetadata { .. }))),
    }
}

#[rstest]
#[case::not_a_zip(NAME, b"spam", "is not a sound zip archive")]
#[case::empty(NAME, b"", "is not a sound zip archive")]
#[case::not_a_wheel_name("spam.whl", b"", "is not the file name of a wheel")]
fn not_wheels(#[case] name: &str, #[case] bytes: &[u8], #[case] message: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let error = Wheel::open(&path).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

/// Cut off anywhere, an archive has no directory at its end.
#[test]
fn every_truncation_is_refused() {
    let bytes = zip::archive(&[metadata(), member("spam.so", &object())]);
    for length in 0..bytes.len() {
        assert!(wheel(bytes[..length].to_vec()).is_err(), "the first {length} of {} bytes", bytes.len());
    }
}

#[test]
fn folders_and_missing_files() {
    let folder = tempfile::tempdir().unwrap();
    let wheel = folder.path().join(NAME);
    assert!(matches!(Wheel::open(&wheel), Err(WheelError::Io { .. })));
    fs::create_dir(&wheel).unwrap();
    assert!(matches!(Wheel::open(&wheel), Err(WheelError::NotAFile { .. })));
    assert!(matches!(soabi_object::read_file(&wheel), Err(FileError::NotAFile { .. })));
    assert!(matches!(soabi_object::read_file(Path::new("/nonexistent")), Err(FileError::Io { .. })));
}

/// A file and memory are the same wheel under different names.
#[test]
fn a_file_is_read_like_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let bytes = zip::archive(&[metadata(), member("spam.so", &object())]);
    fs::write(&path, &bytes).unwrap();
    let (file, memory) = (Wheel::open(&path).unwrap(), wheel(bytes).unwrap());
    assert_eq!(file.members(), memory.members());
    assert_eq!((file.name(), memory.name()), (path.to_str().unwrap(), NAME));
}

/// The kind of an error is for programs, the text for people; both name what was wrong.
#[test]
fn errors_name_the_member() {
    let wheel = wheel(zip::archive(&[member("a/spam.so", b"spam")])).unwrap();
    let error = wheel.facts(&wheel.members()[0], &mut Inflater::default()).unwrap_err();
    assert!(matches!(error.kind, MemberErrorKind::Object(_)));
    assert!(error.to_string().starts_with("a/spam.so: not an ELF"), "{error}");
}
