//! The results of a run of the notes.

use soabi_notes::{Claim, Examined};

/// The claims that were checked, and the results.
pub(crate) struct Report {
    /// The claims.
    pub(crate) claims: Vec<&'static Claim>,
    /// The interpreters, oldest first.
    pub(crate) columns: Vec<Examined<'static>>,
    /// What could not be done.
    pub(crate) errors: Vec<String>,
}
