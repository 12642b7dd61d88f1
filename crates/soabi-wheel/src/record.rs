//! `RECORD`: the files of a wheel with their hashes and sizes (PEP 376, PEP 427), against the members.
//!
//! Names and sizes are compared for every member, which costs nothing but the directory. Hashes need a member's bytes,
//! and are for the caller to compare with those of members that it reads anyway.

use std::collections::{HashMap, HashSet};

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::member::Member;

/// What `RECORD` lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its rows, in their order.
    pub rows: Vec<Row>,
}

/// A row of `RECORD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The path. What is not UTF-8 is replaced.
    pub path: String,
    /// The algorithm and the digest, as they are written: `sha256=...`.
    pub hash: Option<String>,
    /// The size in bytes.
    pub size: Option<u64>,
}

/// The hash of a file with these bytes, as build backends write it into `RECORD`: `sha256=...`.
pub fn record_hash(bytes: &[u8]) -> String {
    format!("sha256={}", BASE64URL_NOPAD.encode(&Sha256::digest(bytes)))
}

/// A difference between `RECORD` and the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordMismatch {
    /// The member or the path of the row. `None` for `RECORD` as a whole.
    pub path: Option<String>,
    /// What differs.
    pub kind: RecordMismatchKind,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordMismatchKind {
    /// There is no `RECORD`.
    NoRecord,
    /// It lists nothing.
    Empty,
    /// A member is not listed.
    NotListed,
    /// A listed file is not in the wheel.
    NotThere,
    /// It is listed twice.
    Duplicate,
    /// It is listed without a hash.
    NoHash,
    /// It is listed with a hash that is weaker than SHA-256, or that nobody knows.
    WeakHash,
    /// Its size is another one.
    Size,
    /// Its SHA-256 is another one.
    Hash,
}

/// The most commas and line breaks of a `RECORD`. The largest seen has 180,000; a field takes more memory than it has
/// bytes.
const MOST_FIELDS: usize = 1 << 20;

/// The longest path of a row that is kept, in bytes: no archive of ZIP has a longer name.
const LONGEST_PATH: usize = u16::MAX as usize;

/// It has more fields than any wheel needs, and is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has more than {MOST_FIELDS} fields")]
pub struct TooManyFields;

impl Record {
    /// Reads a `RECORD`. Rows without a path are left out.
    ///
    /// # Errors
    ///
    /// When it has more than a million fields.
    pub fn parse(bytes: &[u8]) -> Result<Self, TooManyFields> {
        let fields = bytes.iter().filter(|byte| matches!(byte, b',' | b'\n' | b'\r'));
        if fields.count() > MOST_FIELDS {
            return Err(TooManyFields);
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let text =
            |field: &[u8]| Some(String::from_utf8_lossy(field).into_owned()).filter(|text| !text.is_empty());
        let path = |field: &[u8]| text(&field[..field.len().min(LONGEST_PATH)]);
        let rows = reader.byte_records().filter_map(Result::ok).filter_map(|row| {
            Some(Row {
                path: path(row.get(0)?)?,
                hash: row.get(1).and_then(text),
                size: row.get(2).and_then(text).and_then(|size| size.parse().ok()),
            })
        });
        Ok(Self { rows: rows.collect() })
    }

    /// The differences that the directory alone shows, in the order of the members, then of the rows. `dist_info` is
    /// the folder that the `RECORD` is in. An empty `RECORD` is one difference.
    pub fn compare(&self, dist_info: &str, members: &[Member]) -> Vec<RecordMismatch> {
        let own = ["RECORD", "RECORD.jws", "RECORD.p7s"].map(|name| format!("{dist_info}/{name}"));
        if self.rows.is_empty() {
            return vec![RecordMismatch { path: None, kind: RecordMismatchKind::Empty }];
        }
        let rows: HashMap<&str, &Row> = self.rows.iter().map(|row| (row.path.as_str(), row)).collect();
        let mut mismatches = Vec::new();
        let mut report = |path: &str, kind| {
            mismatches.push(RecordMismatch { path: Some(path.to_owned()), kind });
        };
        for member in members.iter().filter(|member| !own.contains(&member.name)) {
            match rows.get(member.name.as_str()) {
                None => report(&member.name, RecordMismatchKind::NotListed),
                Some(row) if row.hash.is_none() => report(&member.name, RecordMismatchKind::NoHash),
                Some(row) if row.is_weak() => report(&member.name, RecordMismatchKind::WeakHash),
                Some(row) if row.size.is_some_and(|size| size != member.size) => {
                    report(&member.name, RecordMismatchKind::Size);
                }
                Some(_) => {}
            }
        }
        let names: HashSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
        let mut seen = HashSet::new();
        for row in &self.rows {
            if !seen.insert(row.path.as_str()) {
                report(&row.path, RecordMismatchKind::Duplicate);
            } else if !names.contains(row.path.as_str()) && !own.contains(&row.path) {
                report(&row.path, RecordMismatchKind::NotThere);
            }
        }
        mismatches
    }

    /// The rows by their paths, for [`Row::has`].
    pub fn by_path(&self) -> HashMap<&str, &Row> {
        self.rows.iter().map(|row| (row.path.as_str(), row)).collect()
    }
}

/// The algorithms that installers take: those of `hashlib` that are not weaker than SHA-256 (the specification
/// "Recording installed projects").
const STRONG: [&str; 8] =
    ["sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"];

impl Row {
    /// Whether its hash is of an algorithm that is weaker than SHA-256 (MD5, SHA-1), or of none that is known.
    fn is_weak(&self) -> bool {
        let algorithm = self.hash.as_deref().and_then(|hash| Some(hash.split_once('=')?.0));
        self.hash.is_some() && !algorithm.is_some_and(|algorithm| STRONG.contains(&algorithm))
    }

    /// Whether its hash is that of `bytes`. `None` when it has none, or one that is not of the SHA-2 family.
    pub fn has(&self, bytes: &[u8]) -> Option<bool> {
        let (algorithm, written) = self.hash.as_deref()?.split_once('=')?;
        let digest = match algorithm {
            "sha256" => Sha256::digest(bytes).to_vec(),
            "sha384" => Sha384::digest(bytes).to_vec(),
            "sha512" => Sha512::digest(bytes).to_vec(),
            _ => return None,
        };
        Some(written.trim_end_matches('=') == BASE64URL_NOPAD.encode(&digest))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The digests of `abc` are examples of FIPS 180-2: of SHA-256 ba7816bf...f20015ad.
    const ABC: &str = "sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

    #[rstest]
    #[case::same(ABC, b"abc", Some(true))]
    #[case::padded("sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=", b"abc", Some(true))]
    #[case::other(ABC, b"abd", Some(false))]
    #[case::another_alphabet("sha256=ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", b"abc", Some(false))]
    #[case::sha384(
        "sha384=ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP_W-2AhgcroefMI1i67KE0yCWn",
        b"abc",
        Some(true)
    )]
    #[case::sha512(
        "sha512=3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw",
        b"abc",
        Some(true)
    )]
    #[case::other_than_sha512(
        "sha512=3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw",
        b"abd",
        Some(false)
    )]
    #[case::the_digest_of_another_algorithm(
        "sha512=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
        b"abc",
        Some(false)
    )]
    #[case::another_algorithm("md5=kAFQmDzST7DWlj99KOF_cg", b"abc", None)]
    #[case::none("", b"abc", None)]
    fn hashes(#[case] hash: &str, #[case] bytes: &[u8], #[case] expected: Option<bool>) {
        let record = Record::parse(format!("spam.py,{hash},3\n").as_bytes()).unwrap();
        assert_eq!(record.rows[0].has(bytes), expected);
    }

    #[rstest]
    #[case(b"spam/_spam.abi3.so,sha256=abc,12\n", &["spam/_spam.abi3.so"])]
    #[case(b"spam-1.0.dist-info/RECORD,,\r\nb.py,,\r\n", &["spam-1.0.dist-info/RECORD", "b.py"])]
    #[case(b"\"a,b\"\"c\"\".so\",,\n", &["a,b\"c\".so"])]
    #[case(b"\xff.so,,\nb.so,,\n", &["\u{fffd}.so", "b.so"])]
    #[case(b"", &[])]
    fn paths(#[case] record: &[u8], #[case] expected: &[&str]) {
        let record = Record::parse(record).unwrap();
        assert_eq!(record.rows.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), expected);
    }

    fn member(name: &str, size: u64) -> Member {
        Member {
            name: name.to_owned(),
            size,
            compressed_size: size,
            executable: false,
            crc: 0,
            method: 0,
            encrypted: false,
            data: None,
        }
    }

    #[rstest]
    #[case::whole("a.py,sha256=x,1\nd/RECORD,,\n", &[])]
    #[case::no_row_of_its_own("a.py,sha256=x,1\n", &[])]
    #[case::signature("a.py,sha256=x,1\nd/RECORD,,\nd/RECORD.jws,,\n", &[])]
    #[case::no_size("a.py,sha256=x,\n", &[])]
    #[case::size("a.py,sha256=x,2\n", &[("a.py", RecordMismatchKind::Size)])]
    #[case::no_hash("a.py,,1\n", &[("a.py", RecordMismatchKind::NoHash)])]
    #[case::md5("a.py,md5=x,1\n", &[("a.py", RecordMismatchKind::WeakHash)])]
    #[case::sha1("a.py,sha1=x,1\n", &[("a.py", RecordMismatchKind::WeakHash)])]
    #[case::without_an_algorithm("a.py,x,1\n", &[("a.py", RecordMismatchKind::WeakHash)])]
    #[case::sha512("a.py,sha512=x,1\n", &[])]
    #[case::not_listed("d/RECORD,,\n", &[("a.py", RecordMismatchKind::NotListed)])]
    #[case::not_there("a.py,sha256=x,1\nb.py,sha256=x,1\n", &[("b.py", RecordMismatchKind::NotThere)])]
    #[case::twice("a.py,sha256=x,1\na.py,sha256=x,1\n", &[("a.py", RecordMismatchKind::Duplicate)])]
    #[case::another_folders_record("a.py,sha256=x,1\ne/RECORD,,\n", &[("e/RECORD", RecordMismatchKind::NotThere)])]
    fn comparisons(#[case] record: &str, #[case] expected: &[(&str, RecordMismatchKind)]) {
        let members = [member("a.py", 1), member("d/RECORD", 9)];
        let mismatches = Record::parse(record.as_bytes()).unwrap().compare("d", &members);
        let seen: Vec<_> =
            mismatches.iter().map(|found| (found.path.as_deref().unwrap(), found.kind)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn an_empty_record_lists_nothing() {
        let empty = RecordMismatch { path: None, kind: RecordMismatchKind::Empty };
        assert_eq!(Record::parse(b"\n").unwrap().compare("d", &[member("a.py", 1)]), [empty]);
    }

    /// A few kilobytes inflate to millions of fields.
    #[rstest]
    #[case::rows(b"a,,\n")]
    #[case::fields(b",")]
    #[case::empty_lines(b"\n")]
    fn fields_are_counted(#[case] part: &[u8]) {
        let separators = part.iter().filter(|byte| **byte != b'a').count();
        let most = part.repeat(MOST_FIELDS / separators);
        assert!(Record::parse(&most).is_ok());
        assert_eq!(Record::parse(&[&most[..], part].concat()), Err(TooManyFields));
    }

    #[test]
    fn paths_are_cut() {
        let long = "a".repeat(LONGEST_PATH + 1);
        let record = Record::parse(format!("{long},,\n").as_bytes()).unwrap();
        assert_eq!(record.rows[0].path, long[1..]);
    }
}
