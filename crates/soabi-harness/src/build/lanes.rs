//! Carries out orders: several at a time, each key once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::cache::{Cache, Key};
use super::environment;
use super::not_built::NotBuilt;
use super::options::BuildOptions;
use super::order::Order;
use super::progress::Progress;
use super::steps::Place;

/// Orders that one thread carries out, one after another.
type Lane<'o> = Vec<(&'o Key, &'o Order)>;

/// The files of some orders, or the reasons why there are none.
pub(super) type Products = HashMap<Key, Result<PathBuf, NotBuilt>>;

/// Carries out the orders whose products are not in the cache. Returns the products of all.
pub(super) fn carry_out(
    orders: &[Order],
    cache: &Cache,
    options: &BuildOptions<'_>,
    progress: &dyn Progress,
) -> Products {
    cache.sweep();
    let (found, lanes) = lanes(orders, cache);
    progress.planned(lanes.iter().map(Vec::len).sum());

    let threads = options.jobs.clamp(1, lanes.len().max(1));
    let hidden = environment::hidden();
    let queue = Mutex::new(lanes);
    let products = Mutex::new(found);
    let work = || {
        // A closure, so that the queue is free again while the lane is worked on.
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        while let Some(lane) = next() {
            let built = carry_out_lane(&lane, cache, options, &hidden, progress);
            products.lock().unwrap_or_else(PoisonError::into_inner).extend(built);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    products.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The products that are in the cache, and the other orders as lanes: those of a workshop share one, which takes
/// longest and so comes first; every other order is a lane of its own.
fn lanes<'o>(orders: &'o [Order], cache: &Cache) -> (Products, VecDeque<Lane<'o>>) {
    let mut found = Products::new();
    let mut seen = HashSet::new();
    let mut workshop = Vec::new();
    let mut lanes = VecDeque::new();
    for order in orders {
        let Ok(key) = &order.key else { continue };
        if !seen.insert(key) {
            continue;
        }
        if let Some(file) = cache.find(key, &order.steps.file_name) {
            found.insert(key.clone(), Ok(file));
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
    (found, lanes)
}

fn carry_out_lane(
    lane: &Lane<'_>,
    cache: &Cache,
    options: &BuildOptions<'_>,
    hidden: &[OsString],
    progress: &dyn Progress,
) -> Vec<(Key, Result<PathBuf, NotBuilt>)> {
    let mut products: Vec<(Key, Result<PathBuf, NotBuilt>)> = Vec::new();
    for &(key, order) in lane {
        progress.started(&order.id);
        let result = match products.last() {
            // Cargo takes its time to find out that there is no network. Once is enough.
            Some((_, Err(failure @ NotBuilt::NoCrates { .. }))) => Err(failure.clone()),
            _ => order.carry_out(key, cache, options.tools, hidden),
        };
        progress.finished(&order.id, result.as_ref().err());
        products.push((key.clone(), result));
    }
    products
}
