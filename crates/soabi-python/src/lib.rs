//! The Pythons of a machine.
//!
//! `pythons/*.toml` declares the known interpreters ([`manifests`]); [`discover`] finds those of this machine,
//! queries each for its identity, and reports which are missing, broken, or not as declared.
//!
//! This is the only code that queries a Python for its identity. It does not know about artifacts, builds nothing,
//! prints nothing, and chooses no folder: where to search and where to cache is in the [`Request`].

#![forbid(unsafe_code)]

mod answer;
mod cache;
mod candidates;
pub mod discovery;
pub mod drift;
pub mod emulator;
pub mod environment;
pub mod facts;
pub mod interpreter;
pub mod manifest;
pub mod method;
mod query;
pub mod query_error;
pub mod request;
mod shim;

pub use discovery::{Broken, Discovery, discover};
pub use drift::Drift;
pub use emulator::Emulator;
pub use environment::Environment;
pub use facts::Facts;
pub use interpreter::{Also, Interpreter, SearchPlace};
pub use manifest::{Manifest, ManifestError, manifests};
pub use method::{InstallMethod, SourcePackage, Unpack};
pub use query_error::QueryError;
pub use request::Request;
pub use soabi_core::Selector;
