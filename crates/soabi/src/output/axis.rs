//! Interpreters as the columns of a picture, two characters wide each.

use soabi_core::{AbiTag, CpythonAbi};

/// The interpreters' names without what all share, written downwards: `3`, `1`, `2`.
pub(crate) fn header(ids: &[AbiTag]) -> Vec<String> {
    let names: Vec<Vec<char>> = ids.iter().map(|id| short(*id).chars().collect()).collect();
    let height = names.iter().map(Vec::len).max().unwrap_or(0);
    let line = |row: usize| -> String {
        names.iter().flat_map(|name| [*name.get(row).unwrap_or(&' '), ' ']).collect()
    };
    (0..height).map(line).collect()
}

/// What is not the same in every name: `311` for cp311, `313t` for cp313t, `pp73` for
/// `pypy311_pp73`. Flags that
/// every release build of that version has are left out: `27` for cp27mu, `36` for cp36m.
pub(crate) fn short(id: AbiTag) -> String {
    match id {
        AbiTag::Cpython(abi) if abi == CpythonAbi::release(abi.version) => abi.version.compact(),
        AbiTag::Cpython(_) => id.to_string().trim_start_matches("cp").to_owned(),
        AbiTag::Pypy { abi, .. } => format!("pp{abi}"),
        _ => id.to_string(),
    }
}
