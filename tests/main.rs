//! The tests of the whole program, as one test target of the crate `soabi`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod ci;
mod cli;
mod explain;
mod invariants;
mod isolation;
mod matrix;
mod merge;
mod notes;
mod probes;
mod schemas;
mod support;
mod truth;
mod worker;
