//! The tables: what each interpreter exports, what the stable ABI promises.
//!
//! They are text in `tables/`: `exports/`, one file per interpreter release, and `stable_abi.txt`. They hold measured
//! facts and the data of CPython's own manifest; what follows from them for a file is not decided here.

pub mod axis;
pub mod column;
mod error;
pub mod exports;
#[cfg(test)]
mod merge;
mod names;
pub mod stable_abi;
pub mod system;
pub mod write;

pub use axis::{Column, Columns, Exported, Provenance, Release};
pub use column::{ColumnFile, Kind};
pub use error::TableError;
pub use exports::{ExportTable, Symbol};
pub use stable_abi::{StableAbi, StableSymbol};

/// The id of the tables in this build: the first twelve digits of the SHA-256 of their texts.
///
/// Two reports with the same id used the same facts. The build script computes it.
pub const fn id() -> &'static str {
    env!("SOABI_TABLES_ID")
}

/// The day on which the newest of the tables was measured: `2026-11-26`.
pub const fn date() -> &'static str {
    env!("SOABI_TABLES_DATE")
}

#[cfg(test)]
mod tests {
    /// They are a part of every copy of the program.
    #[test]
    fn the_texts_are_small() {
        assert!(super::exports::TEXT.len() + super::stable_abi::TEXT.len() < 250_000);
    }

    #[test]
    fn the_id_is_twelve_digits() {
        let id = super::id();
        assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
}
