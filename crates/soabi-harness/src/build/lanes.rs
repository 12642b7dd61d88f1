//! Carrying out orders: several at a time, each key once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use super::cache::{Cache, Key};
use super::cargo;
use super::not_built::NotBuilt;
use super::order::Order;
use super::steps::Place;
use super::{Options, Progress};

/// Orders that one thread carries out, one after another.
type Lane<'o> = Vec<(&'o Key, &'o Order)>;

/// Carries out the orders whose products are not in the cache. Returns those that failed.
pub(super) fn carry_out(
    orders: &[Order],
    cache: &Cache,
    options: &Options<'_>,
    progress: &dyn Progress,
) -> HashMap<Key, NotBuilt> {
    let lanes = lanes(orders, cache);
    progress.planned(lanes.iter().map(Vec::len).sum());
    cache.sweep();

    let threads = options.jobs.clamp(1, lanes.len().max(1));
    let hidden = cargo::hidden_variables();
    let queue = Mutex::new(lanes);
    let failures = Mutex::new(HashMap::new());
    let work = || {
        // A closure, so that the queue is free again while the lane is worked on.
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        while let Some(lane) = next() {
            let failed = carry_out_lane(&lane, cache, options, &hidden, progress);
            failures.lock().unwrap_or_else(PoisonError::into_inner).extend(failed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    failures.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The orders whose products are not in the cache, as lanes: those of a workshop share one, which takes longest
/// and so comes first; every other order is a lane of its own.
fn lanes<'o>(orders: &'o [Order], cache: &Cache) -> VecDeque<Lane<'o>> {
    let mut seen = HashSet::new();
    let mut workshop = Vec::new();
    let mut lanes = VecDeque::new();
    for order in orders {
        let Ok(key) = &order.key else { continue };
        if !seen.insert(key) || cache.path(key, &order.steps.file_name).is_file() {
            continue;
        }
        match order.steps.place {
            Place::Workshop(_) => workshop.push((key, order)),
            Place::Scratch => lanes.push_back(vec![(key, order)]),
        }
    }
    if !workshop.is_empty() {
        lanes.push_front(workshop);
    }
    lanes
}

fn carry_out_lane(
    lane: &Lane<'_>,
    cache: &Cache,
    options: &Options<'_>,
    hidden: &[OsString],
    progress: &dyn Progress,
) -> Vec<(Key, NotBuilt)> {
    let mut failures: Vec<(Key, NotBuilt)> = Vec::new();
    for &(key, order) in lane {
        progress.started(&order.id);
        let result = match failures.last() {
            // Cargo takes its time to find out that there is no network. Once is enough.
            Some((_, failure @ NotBuilt::NoCrates { .. })) => Err(failure.clone()),
            _ => order.carry_out(key, cache, options.tools, hidden),
        };
        progress.finished(&order.id, result.as_ref().err());
        failures.extend(result.err().map(|failure| (key.clone(), failure)));
    }
    failures
}
