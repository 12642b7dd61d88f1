//! What the ABI rules promise.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::outcome::Gate;

/// What the ABI rules promise of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expectation {
    /// It works: the same ABI, or a stable ABI at or above its floor.
    Accept,
    /// It is refused, and here.
    Refuse(Gate),
    /// It may load; nothing promises that it does, nor that it works then. Never shown as a success.
    Luck,
}

impl Expectation {
    /// The expectation without its gate.
    pub const fn kind(self) -> ExpectationKind {
        match self {
            Self::Accept => ExpectationKind::Accept,
            Self::Refuse(_) => ExpectationKind::Refuse,
            Self::Luck => ExpectationKind::Luck,
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

/// The three expectations without the gate, for reports and files that write the gate beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExpectationKind {
    /// [`Expectation::Accept`].
    Accept,
    /// [`Expectation::Refuse`].
    Refuse,
    /// [`Expectation::Luck`].
    Luck,
}

impl ExpectationKind {
    /// The expectation's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Luck => "luck",
        }
    }
}

impl fmt::Display for ExpectationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
