//! What installers take: of the wheels of a project the one that an interpreter on a system gets.
//!
//! This is about file names and `Requires-Python` alone; whether the wheel works there is what predictions are about.
//! Installers that resolve versions choose among files of one version in this order: pip's `CandidateEvaluator`, and
//! uv's `TagPriority`, which differ for tags that no wheel has together.

mod coverage;
mod interpreter;
mod preference;
mod requires;
mod system;

pub use coverage::{Choice, Coverage, File, Row, Span, Withdrawn, withdrawn};
pub use preference::{Installer, Rank};
pub use requires::allows;
pub use system::{Family, System};
