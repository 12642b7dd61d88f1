//! Archives that two readers understand differently, each next to one that they do not.

use rstest::rstest;
use soabi_wheel::AmbiguityKind;

use crate::zip::{Built, Member, Stray, archive, build, member, unicode_path};
use crate::{metadata, wheel};

/// The ids of what is ambiguous, in the order in which it is found, and the members.
fn found(bytes: Vec<u8>) -> Vec<(&'static str, Option<String>)> {
    let wheel = wheel(bytes).unwrap();
    wheel.ambiguities().iter().map(|found| (found.kind.id(), found.member.clone())).collect()
}

fn ids(bytes: Vec<u8>) -> Vec<&'static str> {
    found(bytes).into_iter().map(|(id, _)| id).collect()
}

fn members() -> Vec<Member> {
    vec![metadata(), member("spam/a.py", b"import b"), member("spam/b.py", b"")]
}

#[rstest]
#[case::plain(members())]
#[case::stored(members().into_iter().map(|member| Member { deflated: false, ..member }).collect())]
#[case::zip64(members().into_iter().map(|member| Member { zip64: true, ..member }).collect())]
#[case::descriptors(members().into_iter().map(|member| Member { flags: 8, ..member }).collect())]
#[case::utf_8(vec![Member { flags: 0x800, ..member("späm.py", b"") }])]
#[case::folders(vec![member("spam/", b""), member("spam/a.py", b"")])]
#[case::nothing(vec![])]
fn sound_archives(#[case] members: Vec<Member>, #[values(false, true)] zip64: bool) {
    let folders = members
        .into_iter()
        .map(|member| Member { deflated: member.deflated && !member.name.ends_with(b"/"), ..member });
    let bytes = build(&folders.collect::<Vec<_>>(), Stray::default(), zip64).bytes;
    assert_eq!(found(bytes), []);
}

/// Every form of the record behind a member's bytes.
#[rstest]
fn descriptors(#[values(false, true)] signature: bool, #[values(false, true)] wide: bool) {
    let streamed = |name, bytes| Member { flags: 8, descriptor: (signature, wide), ..member(name, bytes) };
    assert_eq!(found(archive(&[streamed("a", b""), streamed("b", b"spam"), streamed("c", b"")])), []);
    let mut built = build(&[streamed("a", b"spam")], Stray::default(), false);
    let directory = built.entries[0];
    // The last byte of the uncompressed size.
    built.patch(directory - 1, 0, &[1]);
    assert_eq!(ids(built.bytes)[0], "descriptor");
}

#[rstest]
#[case::in_front(Stray { in_front: b"#!/bin/sh\n", ..Stray::default() }, &["bytes-before"])]
#[case::before(Stray { before: b"spam", ..Stray::default() }, &["bytes-before"])]
#[case::between(Stray { between: b"spam", ..Stray::default() }, &["bytes-between"])]
#[case::directory(Stray { directory: b"spam", ..Stray::default() }, &["bytes-between"])]
#[case::records(Stray { records: b"spam", ..Stray::default() }, &["directory-place", "bytes-between"])]
#[case::behind(Stray { behind: b"spam", ..Stray::default() }, &["bytes-behind"])]
#[case::comment(Stray { comment: b"spam", ..Stray::default() }, &[])]
#[case::comment_and_more(Stray { comment: b"spam", behind: b"a", ..Stray::default() }, &["bytes-behind"])]
fn stray_bytes(#[case] stray: Stray<'_>, #[case] expected: &[&str], #[values(false, true)] zip64: bool) {
    assert_eq!(ids(build(&members(), stray, zip64).bytes), expected);
}

/// A member of its own that only a reader of streams sees, wherever it stands.
#[rstest]
fn unlisted_members(#[values(0, 1, 2)] place: usize) {
    let mut hidden = build(&[member("evil.py", b"import os")], Stray::default(), false);
    hidden.bytes.truncate(hidden.entries[0]);
    let mut stray = Stray::default();
    *[&mut stray.before, &mut stray.between, &mut stray.directory][place] = &hidden.bytes;
    let wheel = wheel(build(&members(), stray, false).bytes).unwrap();
    let kinds: Vec<_> = wheel.ambiguities().iter().map(|found| &found.kind).collect();
    assert_eq!(kinds, [&AmbiguityKind::Unlisted { local: "evil.py".to_owned() }]);
}

#[test]
fn two_archives_in_a_row() {
    let first = archive(&[member("spam/a.py", b"good")]);
    let bytes = [&first[..], &archive(&[member("spam/a.py", b"evil")])].concat();
    assert_eq!(ids(bytes), ["unlisted", "second-end"]);
}

/// An archive in the comment of another: `zipfile` searches for the last end record, others for one that fits.
#[test]
fn an_archive_in_the_comment() {
    let comment = archive(&[member("spam/a.py", b"evil")]);
    let stray = Stray { comment: &comment, ..Stray::default() };
    let found = ids(build(&members(), stray, false).bytes);
    assert!(found.contains(&"second-end"), "{found:?}");
}

/// An archive that is a member is no ambiguity: its end record belongs to the member's bytes.
#[rstest]
fn an_archive_in_an_archive(#[values(false, true)] deflated: bool) {
    let inner = archive(&members());
    let inner = Member { deflated, ..member("spam/inner.zip", &inner) };
    assert_eq!(ids(archive(&[metadata(), inner])), [""; 0]);
}

/// A change of the sound archive of three members, and what it is.
#[rstest]
#[case::signature(|built: &mut Built| built.patch(built.locals[1], 0, b"PK\x03\x05"), &["local-header", "bytes-between"])]
#[case::name(|built: &mut Built| built.patch(built.locals[1], 30, b"spam/c.py"), &["local-name"])]
#[case::name_of_another_case(|built: &mut Built| built.patch(built.locals[1], 30, b"spam/A.py"), &["local-name"])]
#[case::method(|built: &mut Built| built.patch(built.locals[1], 8, &[0]), &["local-method"])]
#[case::utf_8_of_ascii(|built: &mut Built| built.patch(built.locals[1], 6, &[0, 8]), &[])]
#[case::compression_level(|built: &mut Built| built.patch(built.locals[1], 6, &[2, 0]), &[])]
#[case::encrypted(|built: &mut Built| built.patch(built.locals[1], 6, &[1, 0]), &["local-flags"])]
#[case::crc(|built: &mut Built| built.patch(built.locals[1], 14, &[0]), &["local-checksum"])]
#[case::compressed_size(|built: &mut Built| built.patch(built.locals[1], 18, &[0]), &["local-size"])]
#[case::size(|built: &mut Built| built.patch(built.locals[1], 22, &[0]), &["local-size"])]
#[case::time(|built: &mut Built| built.patch(built.locals[1], 10, &[1, 2, 3, 4]), &[])]
#[case::version(|built: &mut Built| built.patch(built.entries[1], 6, &[64]), &["version-needed"])]
#[case::newest_version(|built: &mut Built| built.patch(built.entries[1], 6, &[63]), &[])]
#[case::disk(|built: &mut Built| built.patch(built.entries[1], 34, &[1]), &["split-archive"])]
#[case::offset(|built: &mut Built| built.patch(built.entries[1], 42, &[0, 0, 0, 0]),
    &["local-name", "local-size", "local-checksum", "overlap", "unlisted"])]
#[case::far_offset(|built: &mut Built| built.patch(built.entries[1], 42, &[0, 0, 0, 0x7f]), &["local-header", "unlisted"])]
#[case::count(|built: &mut Built| built.patch(built.ends.1, 8, &[2, 0, 2, 0]), &["entry-count"])]
#[case::other_count_here(|built: &mut Built| built.patch(built.ends.1, 8, &[2, 0, 3, 0]), &["split-archive"])]
#[case::end_disk(|built: &mut Built| built.patch(built.ends.1, 4, &[1]), &["split-archive"])]
#[case::comment(|built: &mut Built| built.patch(built.ends.1, 20, &[1]), &["end-comment"])]
#[case::directory_offset(|built: &mut Built| built.patch(built.ends.1, 16, &[0xff, 0xff]), &["directory-place"])]
fn one_change(#[case] change: fn(&mut Built), #[case] expected: &[&str]) {
    let mut built = build(&members(), Stray::default(), false);
    change(&mut built);
    assert_eq!(ids(built.bytes), expected);
}

/// The same of an archive with a zip64 end record.
#[rstest]
#[case::nothing(|_: &mut Built, _| {}, &[])]
#[case::referring(|built: &mut Built, _| built.patch(built.ends.1, 8, &[0xff; 12]), &[])]
#[case::record_size(|built: &mut Built, record| built.patch(record, 4, &[45]), &["zip64-record"])]
#[case::count(|built: &mut Built, record| built.patch(record, 24, &[2, 0, 0, 0, 0, 0, 0, 0, 2]), &["zip64-values", "entry-count"])]
#[case::locator(|built: &mut Built, record| built.patch(record, 56 + 8, &[0]), &["zip64-place"])]
#[case::disks(|built: &mut Built, record| built.patch(record, 56 + 16, &[2]), &["split-archive"])]
fn one_change_of_zip64(#[case] change: fn(&mut Built, usize), #[case] expected: &[&str]) {
    let mut built = build(&members(), Stray::default(), true);
    let record = built.ends.0.unwrap();
    change(&mut built, record);
    assert_eq!(ids(built.bytes), expected);
}

#[rstest]
#[case::link(Member { mode: 0o120_777, ..member("spam.so", b"real.so") }, &["symbolic-link"])]
#[case::pipe(Member { mode: 0o010_644, ..member("spam.so", b"") }, &["special-file"])]
#[case::no_type(Member { mode: 0o644, ..member("spam.so", b"") }, &[])]
#[case::executable(Member { mode: 0o100_755, ..member("spam.so", b"") }, &[])]
#[case::not_utf_8(Member { name: b"sp\xe4m.so".to_vec(), ..member("", b"") }, &["name-not-utf-8"])]
#[case::no_flag(member("späm.so", b""), &["name-without-flag"])]
#[case::folder_with_bytes(member("spam/", b"spam"), &["folder-with-bytes"])]
#[case::bzip2(Member { method: Some(12), ..member("a", b"") }, &["method"])]
#[case::encrypted(Member { flags: 1, ..member("a", b"") }, &["encrypted"])]
#[case::patch(Member { flags: 0x20, ..member("a", b"") }, &["encrypted"])]
#[case::extra(Member { directory_extra: vec![1, 2, 3, 4, 5], ..member("a", b"") }, &["extra-field"])]
#[case::extra_of_three_bytes(Member { directory_extra: vec![1, 2, 3], ..member("a", b"") }, &[])]
#[case::extra_twice(Member { extra: [unicode_path("a", "a"), unicode_path("a", "a")].concat(), ..member("a", b"") },
    &["duplicate-extra", "duplicate-extra"])]
#[case::extra_without_size(Member { zip64: true, extra: vec![1, 0, 0, 0], ..member("a", b"") },
    &["extra-field", "duplicate-extra", "local-header", "unlisted"])]
fn odd_members(#[case] member: Member, #[case] expected: &[&str]) {
    let mut found = ids(archive(&[metadata(), member]));
    found.retain(|id| *id != "bytes-between");
    assert_eq!(found, expected);
}

#[rstest]
#[case::absolute("/spam.so", &["absolute"])]
#[case::drive("C:spam.so", &["absolute"])]
#[case::parent("spam/../../spam.so", &["parent-folder"])]
#[case::two_dots_in_a_name("spam/..spam.so", &[])]
#[case::backslash("spam\\spam.so", &["backslash"])]
#[case::backslash_parent("..\\spam.so", &["parent-folder", "backslash"])]
#[case::ordinary("spam/spam.so", &[])]
#[case::dot("spam/./spam.so", &["redundant-part"])]
#[case::empty_part("spam//spam.so", &["redundant-part"])]
#[case::hidden("spam/.spam.so", &[])]
#[case::empty("", &["name-empty"])]
#[case::control("sp\tam.so", &["name-control"])]
#[case::newline("sp\nam.so", &["name-control"])]
fn paths(#[case] name: &str, #[case] expected: &[&str]) {
    let found = found(archive(&[member(name, b"")]));
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|(_, member)| member.as_deref() == Some(name)));
}

/// The name is the one that pip writes: up to a NUL, and since Python 3.12 that of the Unicode Path field.
#[rstest]
#[case::nul("spam.so\0.txt", vec![], "spam.so", &["name-nul"])]
#[case::unicode("a.txt", unicode_path("a.txt", "a.so"), "a.so", &["unicode-path"])]
#[case::unicode_with_nul("a.txt", unicode_path("a.txt", "a.so\0b"), "a.so", &["unicode-path", "name-nul"])]
#[case::unicode_of_another_name("a.txt", unicode_path("b.txt", "a.so"), "a.txt", &["unicode-path"])]
#[case::unicode_the_same("a.txt", unicode_path("a.txt", "a.txt"), "a.txt", &[])]
fn names(#[case] name: &str, #[case] extra: Vec<u8>, #[case] expected: &str, #[case] kinds: &[&str]) {
    let bytes = archive(&[Member { extra, ..member(name, b"") }]);
    assert_eq!(ids(bytes.clone()), kinds);
    assert_eq!(wheel(bytes).unwrap().members()[0].name, expected);
}

/// The flag for UTF-8 in one of the two headers changes a name that is not ASCII.
#[test]
fn a_local_utf_8_flag() {
    let mut built = build(&[Member { flags: 0x800, ..member("\u{e9}", b"") }], Stray::default(), false);
    built.patch(built.locals[0], 6, &[0, 0]);
    assert_eq!(ids(built.bytes), ["local-flags"]);
}

/// A Unicode Path field in the member's own header alone.
#[test]
fn a_local_unicode_path() {
    let mut built = build(
        &[Member { extra: unicode_path("a.so", "b.so"), ..member("a.so", b"") }],
        Stray::default(),
        false,
    );
    // Its kind in the directory becomes an unknown one.
    let field = built.entries[0] + 46 + 4;
    built.patch(field, 0, &[0xff, 0xff]);
    assert_eq!(ids(built.bytes), ["unicode-path"]);
}

#[rstest]
#[case::twice(&["a.py", "a.py"], &[("duplicate", "a.py")])]
#[case::three_times(&["a.py", "a.py", "a.py"], &[("duplicate", "a.py"), ("duplicate", "a.py")])]
#[case::case(&["a.py", "A.py"], &[("duplicate-folded", "A.py")])]
#[case::normalised(&["\u{e9}", "e\u{301}"], &[("duplicate-folded", "e\u{301}")])]
#[case::different(&["a.py", "b.py"], &[])]
#[case::different_folders(&["a/a.py", "b/a.py"], &[])]
#[case::file_and_folder(&["a", "a/b.py"], &[("file-and-folder", "a")])]
#[case::file_and_folder_far(&["a/b/c", "a!", "a/b"], &[("file-and-folder", "a/b")])]
#[case::file_and_folder_folded(&["A", "a/b.py"], &[("duplicate-folded", "a/b.py")])]
#[case::file_and_empty_folder(&["a", "a/"], &[("file-and-folder", "a/")])]
#[case::prefix(&["a", "ab/c"], &[])]
#[case::folder_twice(&["a/", "a/"], &[("duplicate", "a/")])]
#[case::folders_of_two_cases(&["a/", "A/", "a/b", "A/c"], &[])]
#[case::below_a_folder(&["a/", "a/b"], &[])]
fn collisions(#[case] names: &[&str], #[case] expected: &[(&str, &str)]) {
    let members: Vec<_> =
        names.iter().map(|name| Member { deflated: false, flags: 0x800, ..member(name, b"") }).collect();
    let found = found(archive(&members));
    let found: Vec<_> = found.iter().map(|(id, member)| (*id, member.as_deref().unwrap())).collect();
    assert_eq!(found, expected);
}

#[rstest]
#[case::one(&["a-1.dist-info/WHEEL", "a-1.dist-info/RECORD"], &[])]
#[case::two(&["b-1.dist-info/WHEEL", "a-1.dist-info/RECORD"], &["a-1.dist-info", "b-1.dist-info"])]
#[case::vendored(&["a-1.dist-info/WHEEL", "a/_vendor/b-1.dist-info/WHEEL"], &[])]
fn dist_infos(#[case] names: &[&str], #[case] expected: &[&str]) {
    let members: Vec<_> = names.iter().map(|name| member(name, b"")).collect();
    let wheel = wheel(archive(&members)).unwrap();
    let kinds: Vec<_> = wheel.ambiguities().iter().map(|found| found.kind.clone()).collect();
    let folders = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let second = AmbiguityKind::SecondDistInfo { folders: folders(expected) };
    assert_eq!(kinds, if expected.is_empty() { vec![] } else { vec![second] });
}

/// Every kind has a crafted wheel that was installed with real installers (`just archives`), but for one that they do
/// not look at.
#[test]
fn every_kind_is_compared_with_installers() {
    let table = include_str!("../../../../tests/archives/readers.tsv");
    let cases: Vec<&str> = table.lines().filter_map(|line| line.split(['\t', ':']).next()).collect();
    let missing: Vec<_> = AmbiguityKind::IDS.iter().filter(|id| !cases.contains(id)).collect();
    assert_eq!(missing, [&"zip64-record"]);
}
