//! The tests of the whole program, as one test target of the crate `soabi`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

// In place of the built-in `#[test]`, in every module: the harness can say that a test has nothing to check.
#[macro_use(test)]
extern crate soabi_test;

mod audit;
mod cache;
mod ci;
mod cli;
mod destination;
mod docs;
mod evidence;
mod explain;
mod fuzz;
mod harness;
mod imports;
mod interpreters;
mod invariants;
mod isolation;
mod machines;
mod matrix;
mod merge;
mod notes;
mod probes;
mod resume;
mod run;
mod schemas;
mod support;
mod surface;
mod toolkits;
mod truth;
mod walls;
mod wheels;
mod why;
mod worker;

fn main() -> std::process::ExitCode {
    harness::main()
}
