//! The vocabulary of soabi.
//!
//! Every other crate speaks in these types and none of them reads a file, starts a process, or knows that
//! there is a terminal. The three types that the whole program turns on are kept apart on purpose:
//!
//! - [`Outcome`]: what a rung saw;
//! - [`Expectation`]: what the ABI rules promise;
//! - [`Verdict`]: the two compared. Only a verdict decides an exit code.
//!
//! A [`Finding`](finding::Finding) is a result about the user's file. It is never an error of soabi's own.

#![forbid(unsafe_code)]

pub mod abi_tag;
pub mod arch;
pub mod artifact;
pub mod cell;
pub mod expectation;
pub mod ext_suffix;
pub mod finding;
pub mod foreign;
pub mod init_symbol;
pub mod outcome;
pub mod prediction;
pub mod promise;
pub mod python_id;
pub mod selector;
pub mod shard;
pub mod text;
pub mod verdict;
pub mod version;

pub use abi_tag::{AbiTag, BuildKind, CpythonAbi};
pub use arch::Arch;
pub use artifact::{Artifact, ArtifactId, Claim, FileName};
pub use cell::{Cell, CellId, Rung};
pub use expectation::{Expectation, ExpectationKind};
pub use ext_suffix::{ExtSuffix, ModuleFileName};
pub use finding::{EVIDENCE_LIMIT, Finding, Severity};
pub use foreign::Foreign;
pub use init_symbol::{InitKind, InitSymbol};
pub use outcome::{Gate, Outcome, OutcomeKind};
pub use prediction::{GilEffect, Prediction, PredictionKind, SubinterpreterEffect};
pub use promise::Promise;
pub use python_id::PythonId;
pub use selector::{ParseSelectorError, Selection, Selector};
pub use shard::Shard;
pub use text::{error_text, hex};
pub use verdict::Verdict;
pub use version::{PyVersion, VersionRange};
