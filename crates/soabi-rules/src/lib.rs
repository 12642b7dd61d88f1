//! The judgement of soabi: what a file is claimed to be, what each Python will do with it, and what is wrong.
//!
//! - [`tables`]: who exports what, and what the stable ABI promises;
//! - [`subject`], [`object`]: what is judged, and what follows from its facts;
//! - [`predict`](mod@predict): what an interpreter will do with a file;
//! - [`rules`]: what is wrong with it, one file per rule; [`policy`]: which of that is told, and how loudly.
//!
//! Nothing here reads a file, and nothing here knows that interpreters run: whether a prediction is right is
//! for others to see.

#![forbid(unsafe_code)]

pub mod claims;
pub mod hit;
pub mod object;
pub mod platform;
pub mod policy;
pub mod predict;
pub mod python;
pub mod resolve;
pub mod rules;
pub mod subject;
pub mod suffixes;
pub mod tables;
mod words;

pub use hit::Hit;
pub use object::{Object, PythonImport};
pub use platform::{Libc, Platform, PlatformTag};
pub use policy::{Ignore, Judgement, Policy, RuleId, audit};
pub use predict::{Expect, Prediction, predict};
pub use python::{Binding, Exports, Python};
pub use rules::{RULES, Rule};
pub use subject::{NativeFile, Subject, Unread, WheelFacts};
