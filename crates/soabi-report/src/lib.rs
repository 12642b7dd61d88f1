//! The contract: the reports of soabi as types, their JSON formats, and how reports are merged.
//!
//! One module per format; its types *are* the JSON. Fields may be added to a format, never renamed or dropped.
//! Nothing is judged here, and nothing here knows how a report is shown.

#![forbid(unsafe_code)]

pub mod abi3audit;
pub mod audit;
pub mod definition;
pub mod floor;
pub mod given;
pub mod inspect;
pub mod journal;
pub mod load;
pub mod matrix;
pub mod merge;
pub mod notes;
pub mod pythons;
pub mod release;
#[cfg(feature = "schema")]
pub mod schema;
pub mod why;

pub use audit::AuditReport;
pub use floor::FloorReport;
pub use inspect::InspectReport;
pub use load::LoadReport;
pub use matrix::MatrixReport;
pub use notes::NotesReport;
pub use pythons::PythonsReport;
pub use why::WhyReport;
