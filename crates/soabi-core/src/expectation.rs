//! What the ABI rules promise.

use serde::{Deserialize, Serialize};

use crate::outcome::Gate;

/// What the ABI rules promise of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expectation {
    /// It works: the same ABI, or a stable ABI at or above its floor.
    Accept,
    /// It is refused, and here.
    Refuse(Gate),
    /// It may load; nobody promised that it does, nor that it works then. Shown apart, never as a success.
    Luck,
}

impl Expectation {
    /// The expectation's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse(_) => "refuse",
            Self::Luck => "luck",
        }
    }

    /// The gate of an expected refusal.
    pub const fn gate(self) -> Option<Gate> {
        match self {
            Self::Refuse(gate) => Some(gate),
            Self::Accept | Self::Luck => None,
        }
    }
}

/// The three expectations by name, for files that write the gate beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectationName {
    /// [`Expectation::Accept`].
    Accept,
    /// [`Expectation::Refuse`].
    Refuse,
    /// [`Expectation::Luck`].
    Luck,
}
