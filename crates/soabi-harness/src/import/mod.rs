//! The `import` rung: a real interpreter imports the module and runs the probes.
//!
//! A [`Worker`] is one interpreter that stays warm and forks a child for every job; [`answer`] reads what it
//! answers. The script is the same one file for every Python from 2.7 to 3.15.

mod answer;
mod worker;

pub use answer::Seen;
pub(crate) use worker::death;
pub use worker::{Isolation, Job, Worker, WorkerError};
