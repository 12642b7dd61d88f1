//! The harness: builds the specimens, plans the cells, and runs each in a child process.
//!
//! It knows how to ask a rung and what the answer means. What the ABI rules promise it takes from
//! [`soabi_rules::promise()`]; how a report looks it does not know.

#![forbid(unsafe_code)]

pub mod agreement;
pub mod build;
pub mod foreign;
mod gate;
pub mod import;
pub mod judge;
pub mod load;
pub mod outcome_set;
pub mod pair;
pub mod plan;
pub mod run;
pub mod shard;
pub mod specimen;
pub mod stage;
pub mod subject;
pub mod truth;
mod work;
pub mod worker;
