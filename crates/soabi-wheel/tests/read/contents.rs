//! What a wheel has for others: sources, requirements, `RECORD`, top-level modules.

use rstest::rstest;
use soabi_wheel::{Inflater, MemberErrorKind, RecordMismatchKind, Wheel, WheelError};

use crate::zip::{archive, member};
use crate::{NAME, wheel};

#[rstest]
#[case::all(100, 100, &["a.py", "spam.pth"], 0)]
#[case::large_ones_left_out(3, 100, &["spam.pth"], 1)]
#[case::budget(100, 5, &["a.py"], 1)]
#[case::nothing(0, 0, &[], 2)]
fn sources(#[case] largest: u64, #[case] total: u64, #[case] expected: &[&str], #[case] left_out: usize) {
    let bytes = archive(&[member("a.py", b"spam"), member("spam.pth", b"abc"), member("b.txt", b"x")]);
    let sources = wheel(bytes).unwrap().sources(largest, total, &mut Inflater::default());
    assert_eq!(sources.texts.iter().map(|text| text.member.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(sources.left_out, left_out);
    assert!(sources.texts.iter().all(|text| text.bytes == b"spam" || text.bytes == b"abc"));
}

#[test]
fn top_level() {
    let names = [
        "spam/__init__.py",
        "spam/_spam.so",
        "six.py",
        "_eggs.cpython-312-x86_64-linux-gnu.so",
        "spam-1.0.data/platlib/ham/a.so",
        "spam-1.0.data/scripts/run",
        "spam-1.0.data/data/share/spam.txt",
        "spam-1.0.dist-info/WHEEL",
        "spam.libs/libspam.so.1",
        "README.txt",
    ];
    let members: Vec<_> = names.iter().map(|name| member(name, b"")).collect();
    assert_eq!(wheel(archive(&members)).unwrap().top_level(), ["_eggs", "ham", "six", "spam"]);
}

#[test]
fn records() {
    let record = member("spam-1.0.dist-info/RECORD", b"a.py,sha256=x,5\nb.py,sha256=x,1\n");
    let wheel = wheel(archive(&[crate::metadata(), member("a.py", b"spam"), record])).unwrap();
    let record = wheel.record(&mut Inflater::default()).unwrap().unwrap();
    let mismatches = record.compare(wheel.dist_info().unwrap(), wheel.members());
    let seen: Vec<_> = mismatches.iter().map(|found| (found.path.as_deref().unwrap(), found.kind)).collect();
    let expected = [
        ("spam-1.0.dist-info/WHEEL", RecordMismatchKind::NotListed),
        ("a.py", RecordMismatchKind::Size),
        ("b.py", RecordMismatchKind::NotThere),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn no_record() {
    let wheel = wheel(archive(&[crate::metadata()])).unwrap();
    assert_eq!(wheel.record(&mut Inflater::default()).unwrap(), None);
}

/// Metadata of more than the limit is not read, whatever it would inflate to.
#[rstest]
#[case::at_the_limit(0, true)]
#[case::above(1, false)]
fn large_metadata(#[case] more: usize, #[case] readable: bool) {
    let limits = soabi_wheel::Limits { metadata: 1 << 10, ..soabi_wheel::Limits::default() };
    let text = "x: y\n".repeat(300)[..(1 << 10) + more].to_owned();
    let bytes = archive(&[
        member("spam-1.0.dist-info/WHEEL", b""),
        member("spam-1.0.dist-info/METADATA", text.as_bytes()),
    ]);
    let size = bytes.len() as u64;
    let wheel = Wheel::of_with(NAME, bytes, size, limits).unwrap();
    match wheel.metadata(&mut Inflater::default()) {
        Ok(_) => assert!(readable),
        Err(WheelError::Metadata(error)) => {
            assert!(!readable);
            assert!(matches!(error.kind, MemberErrorKind::TooLarge { .. }), "{error}");
        }
        Err(error) => panic!("{error}"),
    }
}
