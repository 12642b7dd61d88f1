//! The Pythons of a machine.
//!
//! `pythons/*.toml` declares which interpreters there are in the world ([`manifests`]); [`discover`] finds
//! those of this machine, asks each who it is, and says what is missing, broken, or not as declared.
//!
//! This is the only code that asks a Python who it is. It knows nothing of artifacts, builds one of nothing,
//! prints nothing, and chooses no directory: where to search and where to cache is in the [`Request`].

#![forbid(unsafe_code)]

mod answer;
mod cache;
mod candidates;
pub mod discovery;
pub mod drift;
pub mod environment;
pub mod facts;
pub mod interpreter;
pub mod manifest;
pub mod query;
pub mod recipe;
pub mod request;
mod shim;

pub use discovery::{Broken, Discovery, discover};
pub use drift::Drift;
pub use environment::Environment;
pub use facts::Facts;
pub use interpreter::{Also, Interpreter, Source};
pub use manifest::{Manifest, ManifestError, Provider, Way, manifests};
pub use query::QueryError;
pub use recipe::Recipe;
pub use request::Request;
pub use soabi_core::Selector;
