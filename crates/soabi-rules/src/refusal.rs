//! The refusal of a file by a promised system, apart from any interpreter.

use soabi_core::Gate;

/// Why a promised system refuses a file, whichever interpreter loads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The gate.
    pub gate: Gate,
    /// The reason, as a lowercase fragment.
    pub why: String,
}
