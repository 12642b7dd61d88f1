//! What makes an audit fail.

use serde::Deserialize;
use soabi_core::Severity;

/// The least severity that makes an audit fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors do.
    #[default]
    Error,
    /// Warnings and errors do.
    Warning,
    /// Every finding does.
    Note,
    /// No finding does.
    Never,
}

impl FailOn {
    /// The severity. `None` when no finding makes an audit fail.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}
