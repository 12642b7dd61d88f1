//! Reports: the finished results that every output format renders.
//!
//! The types are the JSON formats, one module per format and version inside it. Fields may be added, never
//! renamed or dropped.

pub mod audit;
pub mod matrix;
pub mod merge;
