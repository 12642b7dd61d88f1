//! The ordinary builds of CPython, as most people have them.

use soabi_core::{AbiTag, CpythonAbi, PyVersion};
use soabi_rules::tables::ExportTable;

/// The version of CPython that an ABI is the ordinary build of.
pub(super) fn release(abi: AbiTag) -> Option<PyVersion> {
    match abi {
        AbiTag::Cpython(abi) if abi == CpythonAbi::release(abi.version) => Some(abi.version),
        _ => None,
    }
}

/// The versions of CPython whose ordinary builds the tables know, oldest first.
pub(super) fn releases() -> Vec<PyVersion> {
    ExportTable::get().abis().into_iter().filter_map(release).collect()
}
