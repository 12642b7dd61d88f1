//! The auditor: from paths to entries of a report.
//!
//! [`inputs::find`] turns paths into inputs; [`Audit::run`] reads each into a subject, judges it, and hands its
//! entry to a sink as soon as it is finished. What a file says is read in soabi-object and soabi-wheel, what follows
//! from it is decided in soabi-rules. This crate knows which files are meant, which interpreters and rules are
//! asked, and how the work is spread over the cores. It runs no code, needs no Python, and knows nothing of
//! command lines and output formats.
//!
//! ```
//! use soabi_audit::{Audit, Axis, Memory, Settings, inputs};
//!
//! let audit = Audit { axis: Axis::of_tables(), settings: Settings::default(), cache: None, memory: Memory::default() };
//! let report = audit.report(&inputs::find(&["no-such-folder".into()]), Default::default(), &|_, _| {});
//! assert_eq!(report.summary.not_audited, 1);
//! ```

#![forbid(unsafe_code)]

pub mod abi3audit;
pub mod axis;
pub mod cache;
pub mod config;
mod definitions;
pub mod floor;
pub mod inputs;
pub mod inspect;
mod judge;
pub mod memory;
mod other_files;
mod read;
pub mod releases;
pub mod settings;
pub mod skipped;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::sync::{Mutex, PoisonError};

use rayon::iter::{ParallelBridge, ParallelIterator};
use sha2::{Digest, Sha256};
use soabi_report::audit::{AuditReport, SCHEMA, SubjectEntry, Summary};

pub use axis::{Axis, RealPython};
pub use cache::Cache;
pub use inputs::{Content, Input};
pub use memory::Memory;
pub use settings::Settings;
pub use skipped::Skipped;

use read::How;

/// One audit: the interpreters, the rules, and where earlier answers are kept.
#[derive(Debug)]
pub struct Audit {
    /// The interpreters that predictions are made for.
    pub axis: Axis,
    /// The rules that run and what is ignored.
    pub settings: Settings,
    /// Entries of earlier runs. `None` to read everything anew.
    pub cache: Option<Cache>,
    /// The memory that native files may take while they are read.
    pub memory: Memory,
}

impl Audit {
    /// Audits the inputs of which nothing is `known`, by their positions. `sink` gets the position of each input and
    /// its entry, in the order in which they are finished, from several threads.
    ///
    /// The largest inputs come first, so that no core is left with one of them at the end.
    pub fn run(
        &self,
        inputs: &[Input],
        known: &BTreeMap<usize, SubjectEntry>,
        sink: &(dyn Fn(usize, SubjectEntry) + Sync),
    ) {
        let mut order: Vec<usize> = (0..inputs.len()).filter(|index| !known.contains_key(index)).collect();
        let threads = threads(order.iter().map(|&index| inputs[index].size).sum());
        let pythons = self.axis.pythons();
        order.sort_by_key(|&index| Reverse(inputs[index].size));
        let audit = |index: usize| {
            let input = &inputs[index];
            let judge = || {
                let subject = read::read(input, How { memory: &self.memory, in_full: false });
                judge::judge(input, subject, &pythons, &self.settings)
            };
            sink(index, self.cache.as_ref().map_or_else(judge, |cache| cache.entry(input, judge)));
        };
        if threads == 1 {
            return order.into_iter().for_each(audit);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
        // The only failure is that a pool with the current thread exists already.
        let _ = pool.build_global();
        order.into_iter().par_bridge().for_each(audit);
    }

    /// Audits the inputs of which nothing is `known`, and puts all entries together in the order of `inputs`. `done`
    /// sees each entry when it is finished.
    pub fn report(
        &self,
        inputs: &[Input],
        known: BTreeMap<usize, SubjectEntry>,
        done: &(dyn Fn(usize, &SubjectEntry) + Sync),
    ) -> AuditReport {
        let entries = Mutex::new(BTreeMap::new());
        self.run(inputs, &known, &|index, entry| {
            done(index, &entry);
            entries.lock().unwrap_or_else(PoisonError::into_inner).insert(index, entry);
        });
        let mut entries = entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        entries.extend(known.into_iter().filter(|(index, _)| *index < inputs.len()));
        let subjects: Vec<SubjectEntry> = entries.into_values().collect();
        AuditReport {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            tables: soabi_rules::tables::id().to_owned(),
            fail_on: self.settings.fail_on,
            pythons: self.axis.entries(),
            required: Vec::new(),
            skipped: Vec::new(),
            releases: Vec::new(),
            summary: Summary::of(&subjects),
            subjects,
        }
    }

    /// A digest of everything that the report depends on: the interpreters, the rules, and the files as they are on
    /// disk. Audits with the same digest can be continued from each other's journals.
    pub fn digest(&self, inputs: &[Input]) -> String {
        let mut digest = Sha256::new();
        self.axis.digest(&mut digest);
        digest.update(format!("{:?}", self.settings));
        for input in inputs {
            let files = input.files().map(|path| (path, fs::metadata(path).ok()));
            for (path, metadata) in files {
                let identity = metadata.map(|metadata| cache::identity(&metadata)).unwrap_or_default();
                digest.update(format!("{:?} {} {identity}", input.kind(), path.display()));
            }
        }
        soabi_core::hex(&digest.finalize()[..16])
    }
}

/// How many threads work on `bytes` bytes, this one included: to start a thread costs as much as to inflate some
/// hundred kilobytes.
fn threads(bytes: u64) -> usize {
    const WORTH_A_THREAD: u64 = 512 << 10;
    match usize::try_from(bytes / WORTH_A_THREAD).unwrap_or(usize::MAX) {
        0 | 1 => 1,
        worth => worth.min(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::nothing(0)]
    #[case::not_worth_a_second((1 << 20) - 1)]
    fn one_thread_for_little_work(#[case] bytes: u64) {
        assert_eq!(super::threads(bytes), 1);
    }

    #[rstest]
    #[case::worth_a_second(1 << 20, 2)]
    #[case::more_than_cores(1 << 40, usize::MAX)]
    fn no_more_threads_than_cores(#[case] bytes: u64, #[case] worth: usize) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(super::threads(bytes), worth.min(cores));
    }
}
