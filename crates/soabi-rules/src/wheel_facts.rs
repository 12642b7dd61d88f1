//! What a wheel says about itself, apart from its native files.

use soabi_wheel::{Ambiguity, RecordMismatch, WheelFileName, WheelMetadata};

/// What a wheel says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelFacts {
    /// Its file name.
    pub name: WheelFileName,
    /// What its `.dist-info` says. `None` when that cannot be read.
    pub metadata: Option<WheelMetadata>,
    /// What two readers of its archive understand differently.
    pub ambiguities: Vec<Ambiguity>,
    /// The differences between its `RECORD` and its members.
    pub record: Vec<RecordMismatch>,
}

impl WheelFacts {
    /// The facts of a wheel of which nothing but the name is known.
    pub fn of(name: WheelFileName) -> Self {
        Self { name, metadata: None, ambiguities: Vec::new(), record: Vec::new() }
    }
}
