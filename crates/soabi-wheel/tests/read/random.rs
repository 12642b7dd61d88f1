//! Archives of random bytes, and sound ones with random changes: nothing panics, and the cost is bounded by the size.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use soabi_wheel::{Inflater, ReadAt, Wheel, WheelError};

use crate::NAME;
use crate::zip::{Member, Stray, build, member};

/// Counts the bytes that are read and the reads.
#[derive(Debug)]
struct Counting {
    bytes: Vec<u8>,
    read: Arc<(AtomicU64, AtomicU64)>,
}

impl ReadAt for Counting {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read.0.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.read.1.fetch_add(1, Ordering::Relaxed);
        self.bytes.read_exact_at(buffer, offset)
    }
}

/// Reads the structure, and returns how many bytes and how often were read for it.
fn structure(bytes: Vec<u8>) -> (Result<Wheel, WheelError>, u64, u64) {
    let size = bytes.len() as u64;
    let read = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let wheel = Wheel::of(NAME, Counting { bytes, read: Arc::clone(&read) }, size);
    (wheel, read.0.load(Ordering::Relaxed), read.1.load(Ordering::Relaxed))
}

/// Reads everything that there is.
fn everything(bytes: Vec<u8>) {
    let Ok(wheel) = crate::wheel(bytes) else { return };
    let mut inflater = Inflater::default();
    let _ = (wheel.metadata(&mut inflater), wheel.record(&mut inflater), wheel.top_level());
    let _ = wheel.sources(1 << 10, 1 << 12, &mut inflater);
    wheel.for_each_native(|_, facts| drop(facts));
}

fn sound() -> Vec<u8> {
    let members = [
        crate::metadata(),
        Member { flags: 8, ..member("spam/a.py", b"import spam") },
        Member { zip64: true, ..member("spam/b.so", &crate::object()) },
        member("spam/", b""),
    ];
    build(&members, Stray { comment: b"spam", ..Stray::default() }, true).bytes
}

/// The end and each entry are read once, each header at most twice, in a constant number of reads.
fn is_linear(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let size = bytes.len() as u64;
    let entries = size / 46;
    let (_, read, reads) = structure(bytes);
    prop_assert!(read <= 8 * size + 1000, "{read} bytes are read of {size}");
    prop_assert!(reads <= 8 * entries + 50, "{reads} reads for at most {entries} entries");
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), end in any::<[u8; 18]>()) {
        let bytes = [&bytes[..], b"PK\x05\x06", &end].concat();
        everything(bytes.clone());
        is_linear(bytes)?;
    }

    #[test]
    fn random_changes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = sound();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        everything(bytes.clone());
        is_linear(bytes)?;
    }

    #[test]
    fn random_cuts(start in any::<prop::sample::Index>(), length in 0usize..100) {
        let mut bytes = sound();
        let start = start.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.drain(start..end);
        everything(bytes.clone());
        is_linear(bytes)?;
    }
}

/// Many entries that all point to one header with long fields: what is read does not multiply.
#[test]
fn one_header_for_many_entries() {
    let many: Vec<_> = (0..2_000).map(|_| member("a", b"")).collect();
    let big = Member { extra: [&[9u8, 9, 0xf0, 0xff][..], &vec![0; 0xfff0]].concat(), ..member("a", b"") };
    let first = [vec![big], many].concat();
    let mut built = build(&first, Stray::default(), false);
    for entry in built.entries.clone() {
        built.patch(entry, 42, &[0; 4]);
    }
    let size = built.bytes.len() as u64;
    let (wheel, read, _) = structure(built.bytes);
    assert!(wheel.is_err());
    assert!(read <= 8 * size, "{read} bytes are read of {size}");
}
