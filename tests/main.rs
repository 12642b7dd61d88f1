//! The tests of the whole program, as one test target of the crate `soabi`.

mod cli;
mod invariants;
mod isolation;
mod matrix;
mod probes;
mod support;
mod truth;
