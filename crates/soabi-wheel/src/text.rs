//! Texts of a wheel that others interpret.

/// A text of a wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The member's name.
    pub member: String,
    /// Its bytes, in whatever encoding the file declares.
    pub bytes: Vec<u8>,
}

/// The Python sources of a wheel, as far as they fit into a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Those that were read.
    pub texts: Vec<Text>,
    /// How many were not, because they are too large or damaged. With any of these, what the others do not have may
    /// still be there.
    pub left_out: usize,
}
