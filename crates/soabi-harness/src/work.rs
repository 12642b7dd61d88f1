//! The cells as work for several threads at once.
//!
//! Cells of one interpreter are done by one worker, which stays warm, and by a second one where there are
//! threads that would have nothing else to do.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::worker::Start;

/// As many cells have to be left for another worker to be worth its start.
const WORTH_A_START: usize = 12;

/// Cells, by their numbers in the plan, that are done one after another: what is seen in one can spare work in
/// the next.
pub(crate) type Unit = Vec<usize>;

/// The units that one kind of worker can do.
#[derive(Debug)]
pub(crate) struct Line {
    python: usize,
    start: Start,
    /// Another worker that can do the same, where this one lacks what it needs.
    instead: Option<Start>,
    units: VecDeque<Unit>,
    cells: usize,
    is_taken: bool,
    /// Why there is no worker.
    failure: Option<String>,
}

impl Line {
    pub(crate) fn new(python: usize, start: Start, instead: Option<Start>, units: Vec<Unit>) -> Self {
        let cells = units.iter().map(Vec::len).sum();
        Self { python, start, instead, units: units.into(), cells, is_taken: false, failure: None }
    }
}

/// A line, for the thread that works at it.
#[derive(Debug)]
pub(crate) struct Joined {
    /// Its number.
    pub(crate) line: usize,
    /// The interpreter, by its number.
    pub(crate) python: usize,
    /// How the worker is started.
    pub(crate) start: Start,
    /// How another is.
    pub(crate) instead: Option<Start>,
}

/// The lines, by number.
pub(crate) struct Queue(Mutex<Vec<Line>>);

impl Queue {
    pub(crate) fn new(lines: Vec<Line>) -> Self {
        Self(Mutex::new(lines))
    }

    /// A line for a thread that has none: the longest that is not taken, or else the longest.
    pub(crate) fn join(&self) -> Option<Joined> {
        let mut lines = self.lines();
        let open = lines
            .iter_mut()
            .enumerate()
            .filter(|(_, line)| line.cells >= if line.is_taken { WORTH_A_START } else { 1 });
        let (number, line) = open.max_by_key(|(_, line)| (!line.is_taken, line.cells))?;
        line.is_taken = true;
        let (start, instead) = (line.start.clone(), line.instead.clone());
        Some(Joined { line: number, python: line.python, start, instead })
    }

    /// The next unit of a line, and why it cannot be done.
    pub(crate) fn next(&self, line: usize) -> Option<(Unit, Option<String>)> {
        let line = &mut self.lines()[line];
        let unit = line.units.pop_front()?;
        line.cells -= unit.len();
        Some((unit, line.failure.clone()))
    }

    /// A thread no longer works at a line, of which units may be left.
    pub(crate) fn leave(&self, line: usize) {
        self.lines()[line].is_taken = false;
    }

    /// From here on the line's units cannot be done. Whether that is new.
    pub(crate) fn give_up(&self, line: usize, why: &str) -> bool {
        self.lines()[line].failure.replace(why.to_owned()).is_none()
    }

    /// No unit is begun any more.
    pub(crate) fn end(&self) {
        for line in self.lines().iter_mut() {
            line.units.clear();
            line.cells = 0;
        }
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(lines: &[usize]) -> Queue {
        let start = Start { program: "python".into(), args: Vec::new(), setup: Vec::new() };
        let line = |(python, &cells): (usize, &usize)| {
            Line::new(python, start.clone(), None, (0..cells).map(|cell| vec![cell]).collect())
        };
        Queue::new(lines.iter().enumerate().map(line).collect())
    }

    fn joined(queue: &Queue) -> Option<usize> {
        queue.join().map(|joined| joined.line)
    }

    #[test]
    fn the_longest_line_comes_first_and_a_second_worker_last() {
        let queue = queue(&[3, WORTH_A_START, 0, 5]);
        assert_eq!(joined(&queue), Some(1));
        assert_eq!(joined(&queue), Some(3));
        assert_eq!(joined(&queue), Some(0));
        assert_eq!(joined(&queue), Some(1), "again: it is long enough for two");
        assert_eq!(queue.next(1), Some((vec![0], None)));
        assert_eq!(joined(&queue), None, "what is left is not worth another start");
    }

    #[test]
    fn a_line_that_was_left_is_joined_again() {
        let queue = queue(&[2]);
        assert_eq!(joined(&queue), Some(0));
        assert_eq!(joined(&queue), None);
        queue.leave(0);
        assert_eq!(joined(&queue), Some(0));
    }

    #[test]
    fn every_unit_is_given_once_and_a_failure_is_new_once() {
        let queue = queue(&[2]);
        assert_eq!(queue.next(0), Some((vec![0], None)));
        assert!(queue.give_up(0, "it is no Python"));
        assert!(!queue.give_up(0, "it is no Python"));
        assert_eq!(queue.next(0), Some((vec![1], Some("it is no Python".to_owned()))));
        assert_eq!(queue.next(0), None);
    }
}
