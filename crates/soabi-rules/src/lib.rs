//! The judgement of soabi: what a file is claimed to be, what each Python will do with it, and what is wrong.
//!
//! - [`tables`]: which interpreter exports what, and what the stable ABI promises;
//! - [`promise`](mod@promise): what the ABI rules promise, from tags alone;
//! - [`object`], [`subject`]: what is judged, and what follows from its facts;
//! - [`world`]: the interpreters that it is judged against;
//! - [`stable_use`]: what a file takes beyond the stable ABI;
//! - [`predict`](mod@predict): what an interpreter will do with a file;
//! - [`keeps`]: what keeps it from a stable ABI, from free threading and from subinterpreters;
//! - [`rules`]: what is wrong with it, one file per rule; [`policy`]: which hits become findings;
//! - [`installer`]: which wheel of a release an interpreter gets; [`upload`]: which wheels an index refuses.
//!
//! Nothing here reads a file, and nothing here knows that interpreters run.

#![forbid(unsafe_code)]

mod capture;
pub mod claims;
mod definitions;
mod group;
mod headers;
pub mod hit;
pub mod import;
pub mod installer;
pub mod keeps;
mod layouts;
pub mod libraries;
mod luck;
mod method_flags;
pub mod named;
mod neighbours;
pub mod object;
pub mod platform;
pub mod policy;
pub mod predict;
pub mod promise;
pub mod python;
mod refusal;
pub mod resolve;
pub mod rules;
mod runtime;
pub mod stable_use;
pub mod subject;
pub mod suffixes;
pub mod tables;
pub mod upload;
mod wheel_facts;
mod words;
pub mod world;

pub use group::Group;
pub use hit::Hit;
pub use import::PythonImport;
pub use libraries::Libraries;
pub use named::named_by;
pub use neighbours::NativeFile;
pub use object::Object;
pub use platform::{Libc, Platform, PlatformTag};
pub use policy::{Ignore, Judgement, Policy, RuleId, audit};
pub use predict::predict;
pub use promise::{Target, promise, promise_by_abi};
pub use python::{Binding, Exports, Python};
pub use refusal::Refusal;
pub use rules::{RULES, Rule};
pub use stable_use::StableUse;
pub use subject::{Subject, Unread};
pub use wheel_facts::WheelFacts;
pub use world::World;
