//! Many wheels on little disk: they are laid out some at a time, run, and removed.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use soabi_core::{ArtifactId, Cell, error_text};
use soabi_harness::foreign::placed::Distribution;
use soabi_harness::foreign::site;
use soabi_harness::run::{self, Known, Options, Ran, Sink};
use soabi_harness::subject::Subject;
use soabi_harness::worker::Seen;
use soabi_python::Interpreter;
use soabi_wheel::Wheel;

/// As many bytes are laid out at once, or one wheel that is larger.
const MOST_BYTES: u64 = 400 << 20;

/// Runs `cells` as [`run::run`] does, with the wheels that they need laid out in their folders meanwhile.
pub(crate) fn run(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    options: &Options,
    known: &Known,
    sink: &Sink<'_>,
) -> io::Result<Ran> {
    let mut all = Ran { cells: Vec::new(), errors: Vec::new(), walls: None, ended: false };
    let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
    for (number, batch) in batches(subjects).into_iter().enumerate() {
        let of_batch: HashMap<&ArtifactId, usize> =
            batch.iter().map(|&subject| (&subjects[subject].artifact.id, subject)).collect();
        let places: Vec<usize> =
            (0..cells.len()).filter(|&cell| of_batch.contains_key(&cells[cell].artifact)).collect();
        let known_here: Known = places
            .iter()
            .enumerate()
            .filter_map(|(here, cell)| {
                Some((here, moved(known.get(cell)?, |there| position(&places, there))))
            })
            .collect();
        let mut rows: Vec<Subject> = batch.iter().map(|&subject| subjects[subject].clone()).collect();
        let sites =
            if known_here.len() < places.len() { lay_out(&mut rows, &mut all.errors) } else { Vec::new() };
        let cells_here: Vec<Cell> = places.iter().map(|&cell| cells[cell].clone()).collect();
        let scratch = options.scratch.join(number.to_string());
        fs::create_dir_all(&scratch)?;
        let options = Options { scratch, ..options.clone() };
        let there = |here: usize| places.get(here).copied();
        let ran = run::run(&cells_here, &rows, pythons, &options, &known_here, &|cell, seen| {
            sink(places[cell], &moved(seen, there))
        })?;
        for site in sites {
            // What cannot be removed now goes with the folder of the run.
            let _ = soabi_child::folder::remove(&site);
        }
        let _ = soabi_child::folder::remove(&options.scratch);
        seen.extend(places.iter().copied().zip(ran.cells.iter().map(|seen| moved(seen, there))));
        all.errors.extend(ran.errors);
        all.walls = match (all.walls.take(), ran.walls) {
            (Some(one), Some(other)) => Some(one.and(&other)),
            (one, other) => one.or(other),
        };
        if ran.ended {
            all.ended = true;
            break;
        }
    }
    // Of a batch that was not begun no more is known than before.
    let unseen = |cell| known.get(&cell).cloned().unwrap_or_else(run::never_asked);
    all.cells = (0..cells.len()).map(|cell| seen.remove(&cell).unwrap_or_else(|| unseen(cell))).collect();
    Ok(all)
}

/// What was seen, with another number for the cell that it refers to.
fn moved(seen: &Seen, place: impl Fn(usize) -> Option<usize>) -> Seen {
    Seen { probed_in: seen.probed_in.and_then(place), ..seen.clone() }
}

fn position(places: &[usize], cell: usize) -> Option<usize> {
    places.binary_search(&cell).ok()
}

/// The subjects, by their numbers, in the order of their wheels: as many as may be laid out at once.
fn batches(subjects: &[Subject]) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = vec![Vec::new()];
    let mut sizes: HashMap<&Path, usize> = HashMap::new();
    let mut bytes = 0u64;
    for (number, subject) in subjects.iter().enumerate() {
        let archive = archive(subject).and_then(|distribution| distribution.archive.as_deref());
        let Some(archive) = archive else {
            batches[0].push(number);
            continue;
        };
        let batch = *sizes.entry(archive).or_insert_with(|| {
            let size = Wheel::open(archive).map_or(0, |wheel| site::size(&wheel));
            if bytes > 0 && bytes.saturating_add(size) > MOST_BYTES {
                batches.push(Vec::new());
                bytes = 0;
            }
            bytes = bytes.saturating_add(size);
            batches.len() - 1
        });
        batches[batch].push(number);
    }
    batches.retain(|batch| !batch.is_empty());
    batches
}

/// The distribution of a subject, if it is a wheel to be laid out.
fn archive(subject: &Subject) -> Option<&Arc<Distribution>> {
    let distribution = &subject.placed.as_ref()?.distribution;
    distribution.archive.is_some().then_some(distribution)
}

/// Lays out the wheels of `rows`, and returns their private folders. The rows of one that cannot be laid out say why.
fn lay_out(rows: &mut [Subject], errors: &mut Vec<String>) -> Vec<PathBuf> {
    let mut failures: HashMap<PathBuf, Option<String>> = HashMap::new();
    for row in rows {
        let Some(distribution) = archive(row).cloned() else { continue };
        let Some(path) = &distribution.archive else { continue };
        let failure = failures.entry(distribution.site.clone()).or_insert_with(|| {
            let wheel = Wheel::open(path).map_err(|error| error_text(&error));
            let done = wheel.and_then(|wheel| site::lay_out(&wheel, &distribution.site));
            done.err().map(|why| format!("`{}` cannot be laid out: {why}", distribution.name))
        });
        row.missing.clone_from(failure);
    }
    errors.extend(failures.values().flatten().cloned());
    failures.into_keys().filter_map(|site| site::prefix(&site).map(Path::to_owned)).collect()
}
