//! The audit: from the paths of the command line to subjects, each read, judged, and told.
//!
//! What a file says is read in `soabi-object`, and what follows from it is decided in `soabi-rules`. Here is
//! what neither knows: which files the user means, which interpreters and which rules, and how the work is
//! spread over the cores.

pub(crate) mod axis;
pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod inputs;
mod installed;
mod judge;
mod read;
pub(crate) mod settings;

use std::cmp::Reverse;

use rayon::iter::{ParallelBridge, ParallelIterator};
use soabi_core::report::audit::SubjectEntry;

use axis::Axis;
use cache::Cache;
use inputs::Input;
use settings::Settings;

use crate::command::pythons::cores;

/// Audits every input. `done` is called after each.
///
/// The largest come first, so that no core is left with one of them at the end; the answers are in the order
/// of `inputs`.
pub(crate) fn audit(
    inputs: &[Input],
    axis: &Axis,
    settings: &Settings,
    cache: Option<&Cache>,
    done: impl Fn() + Sync,
) -> Vec<SubjectEntry> {
    let threads = threads(inputs.iter().map(|input| input.size).sum(), cores);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
    // The only failure is a second pool, and there is none.
    let _ = pool.build_global();
    let pythons = axis.pythons();
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|&index| Reverse(inputs[index].size));
    let entry = |index: usize| {
        let input = &inputs[index];
        let audit = || judge::judge(input, read::read(input), &pythons, settings);
        let entry = cache.map_or_else(audit, |cache| cache.entry(input, audit));
        done();
        (index, entry)
    };
    let mut entries: Vec<(usize, SubjectEntry)> = order.into_iter().par_bridge().map(entry).collect();
    entries.sort_by_key(|(index, _)| *index);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// How many threads work on so many bytes, this one included: to start one costs as much as to inflate some
/// hundred kilobytes, and to ask how many `cores` there are costs something too.
fn threads(work: u64, cores: impl FnOnce() -> usize) -> usize {
    const WORTH_A_THREAD: u64 = 512 << 10;
    match usize::try_from(work / WORTH_A_THREAD).unwrap_or(usize::MAX) {
        0 | 1 => 1,
        worth => worth.min(cores()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::nothing(0, 1)]
    #[case::not_worth_a_second((1 << 20) - 1, 1)]
    #[case::worth_a_second(1 << 20, 2)]
    #[case::more_than_cores(1 << 40, 8)]
    fn threads(#[case] work: u64, #[case] expected: usize) {
        assert_eq!(super::threads(work, || 8), expected);
    }
}
