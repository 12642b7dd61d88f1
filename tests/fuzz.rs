//! The fuzz targets on stable Rust: each checks its seeds and a fixed number of mutations of them.
//!
//! `just fuzz MINUTES` searches longer, with cargo-fuzz and a nightly toolchain. What is checked is the same file. The
//! mutations are the same in every run, and a failure is shown for the smallest input that proptest finds.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence, TestRng, TestRunner};
use rstest::rstest;

use crate::support::root;

#[path = "../crates/soabi-audit/fuzz/checks/config.rs"]
mod config;
#[path = "../crates/soabi-definition/fuzz/checks/definition.rs"]
mod definition;
#[path = "../crates/soabi-wheel/fuzz/checks/file_name.rs"]
mod file_name;
#[path = "../crates/soabi-object/fuzz/checks/object.rs"]
mod object;
#[path = "../crates/soabi-report/fuzz/checks/report.rs"]
mod report;
#[path = "../crates/soabi-wheel/fuzz/checks/wheel.rs"]
mod wheel;

/// How many mutations each target sees.
const EXECUTIONS: u32 = 2_000;

/// A crate with fuzz targets, the target, and its check.
type Target = (&'static str, &'static str, fn(&[u8]));

const TARGETS: [Target; 6] = [
    ("soabi-audit", "config", config::check),
    ("soabi-definition", "definition", definition::check),
    ("soabi-object", "object", object::check),
    ("soabi-report", "report", report::check),
    ("soabi-wheel", "file_name", file_name::check),
    ("soabi-wheel", "wheel", wheel::check),
];

/// A change of an input. Positions are relative to its length.
#[derive(Clone, Debug)]
enum Mutation {
    FlipBit(Index, u8),
    /// Numbers at the ends of their ranges are lengths, offsets and counts that lie.
    Write(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    /// A part of the input comes again at another place.
    Repeat(Index, Index, Index),
    Truncate(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let numbers = select(vec![0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX]);
    let number = (numbers, select(vec![1, 2, 4, 8]), any::<bool>()).prop_map(|(number, size, big)| {
        let bytes = number.to_le_bytes()[..size].to_vec();
        if big { bytes.into_iter().rev().collect() } else { bytes }
    });
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Mutation::FlipBit(at, bit)),
        (at(), number).prop_map(|(at, bytes)| Mutation::Write(at, bytes)),
        (at(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        (at(), at(), at()).prop_map(|(from, to, at)| Mutation::Repeat(from, to, at)),
        at().prop_map(Mutation::Truncate),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let end = bytes.len() + 1;
        let range = |one: &Index, other: &Index| {
            let (one, other) = (one.index(end), other.index(end));
            one.min(other)..one.max(other)
        };
        match self {
            Self::FlipBit(at, bit) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::FlipBit(..) => {}
            Self::Write(at, new) => {
                let at = at.index(end);
                for (old, new) in bytes[at..].iter_mut().zip(new) {
                    *old = *new;
                }
            }
            Self::Insert(at, new) => drop(bytes.splice(at.index(end)..at.index(end), new.iter().copied())),
            Self::Remove(from, to) => drop(bytes.drain(range(from, to))),
            Self::Repeat(from, to, at) => {
                let part = bytes[range(from, to)].to_vec();
                bytes.splice(at.index(end)..at.index(end), part.into_iter().take(1 << 12));
            }
            Self::Truncate(at) => bytes.truncate(at.index(end)),
        }
    }
}

fn seeds(krate: &str, target: &str) -> Vec<Vec<u8>> {
    let folder = root().join("crates").join(krate).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[rstest]
fn no_input_breaks_a_reader(
    #[values("config", "definition", "object", "report", "file_name", "wheel")] target: &str,
) {
    let (krate, name, check) = *TARGETS.iter().find(|(_, name, _)| *name == target).unwrap();
    let seeds = seeds(krate, name);
    for seed in &seeds {
        check(seed);
    }
    let config = Config {
        cases: EXECUTIONS,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(config.rng_algorithm));
    let inputs = (select(seeds), vec(mutation(), 1..8)).prop_map(|(mut bytes, mutations)| {
        for mutation in mutations {
            mutation.apply(&mut bytes);
        }
        bytes
    });
    let result = runner.run(&inputs, |bytes| {
        let survived = catch_unwind(AssertUnwindSafe(|| check(&bytes))).is_ok();
        prop_assert!(survived, "{name} panics");
        Ok(())
    });
    result.unwrap();
}

/// A target of cargo-fuzz is run here too.
#[test]
fn every_target_is_run() {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
        let Ok(targets) = fs::read_dir(folder.join("fuzz/fuzz_targets")) else { continue };
        for target in targets {
            found.insert((
                folder.file_name().unwrap().to_string_lossy().into_owned(),
                name(&target.unwrap().path()),
            ));
        }
    }
    let run = TARGETS.map(|(krate, target, _)| (krate.to_owned(), target.to_owned()));
    assert_eq!(found, BTreeSet::from(run));
}
