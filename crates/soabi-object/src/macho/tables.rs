//! What relocations of a Mach-O file are read from.

/// What relocations are read from, beside the file.
#[derive(Debug)]
pub(crate) struct Tables {
    /// The symbol of each entry of the chained fixups' import table.
    pub(super) chained: Vec<Option<u32>>,
}
