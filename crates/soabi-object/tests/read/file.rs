//! Files on disk: what is opened, and how much of it is read.

use std::fs::File;
use std::io::Write as _;

use rstest::rstest;
use soabi_object::read::{Limits, read_file_within, read_native};
use soabi_object::{FileError, ObjectError, read_file};

use crate::specimen::elf::{Elf, export};

/// A file with this start, made longer by a hole.
fn file(start: &[u8], size: u64) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(start).unwrap();
    file.as_file().set_len(size).unwrap();
    file
}

fn spam() -> Vec<u8> {
    Elf { symbols: vec![export("PyInit_spam")], ..Elf::default() }.build()
}

/// The size of a hole that no memory holds: such a file is refused by its first bytes, or by its size.
const HUGE: u64 = 1 << 40;

#[rstest]
#[case::nothing_native(b"\0\0\0\0")]
#[case::text(b"#!/bin/sh\n")]
fn a_huge_file_without_a_magic_number(#[case] start: &[u8]) {
    let file = file(start, HUGE);
    let error = read_file(file.path()).unwrap_err();
    assert!(matches!(error, FileError::Object(ObjectError::NotNative(_))), "{error}");
}

#[test]
fn a_huge_native_file() {
    let file = file(&spam(), HUGE);
    let FileError::TooLarge { size, limit, .. } = read_file(file.path()).unwrap_err() else { panic!() };
    assert_eq!((size, limit), (HUGE, Limits::default().size));
}

#[rstest]
#[case::at_the_limit(0, true)]
#[case::one_more(1, false)]
fn the_limit_from_both_sides(#[case] more: u64, #[case] read: bool) {
    let bytes = spam();
    let size = bytes.len() as u64;
    let file = file(&bytes, size + more);
    let result = read_file_within(file.path(), Limits { size });
    match result {
        Ok(facts) => assert!(read && facts[0].exports.len() == 1),
        Err(error) => assert!(!read && matches!(error, FileError::TooLarge { .. }), "{error}"),
    }
}

/// Shorter than what is looked at first, and longer.
#[rstest]
#[case::short(b"\x7fELF".to_vec())]
#[case::long(spam())]
fn all_bytes(#[case] bytes: Vec<u8>) {
    let file = file(&bytes, bytes.len() as u64);
    assert_eq!(read_native(file.path(), Limits::default()).unwrap(), bytes);
}

#[test]
fn empty_files() {
    let file = file(b"", 0);
    assert!(matches!(read_file(file.path()), Err(FileError::Object(ObjectError::Empty))));
}

/// A device says that it is no file, and is not read.
#[cfg(unix)]
#[test]
fn devices() {
    assert!(File::open("/dev/zero").is_ok());
    assert!(matches!(read_file("/dev/zero".as_ref()), Err(FileError::NotAFile { .. })));
}
