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
