//! What a file that nothing promises may run into: by the headers that it was compiled with and the toolkit that wrote
//! it.
//!
//! What tags tell of layouts is in [`crate::promise`](mod@crate::promise).

use soabi_core::AbiTag;

use crate::layouts::since_headers;
use crate::object::Object;

/// What the code of a file may run into in `abi`, beyond what its tags tell: by the headers that it was compiled with and
/// the toolkit that wrote it. `None` where nothing tells.
pub(crate) fn risk(object: &Object, abi: AbiTag) -> Option<String> {
    let AbiTag::Cpython(run_on) = abi else { return None };
    let built_with = &object.reading.as_ref()?.built_with;
    let headers = &built_with.versions;
    if built_with.limited == Some(true) || headers.is_empty() || headers.contains(&run_on.version) {
        return None;
    }
    let mut parts = Vec::new();
    // A tag of a version names the layouts already.
    if object.claims.iter().all(|claim| !matches!(claim.abi, AbiTag::Cpython(_))) {
        let moved = since_headers(headers, run_on.version);
        let moved = if moved.is_empty() { "no layout that is known moved since".to_owned() } else { moved };
        parts.push(format!("the headers are those of {}: {moved}", built_with.python.join(" or ")));
    }
    if built_with.toolkit.as_ref().is_some_and(|toolkit| toolkit.starts_with("Cython")) {
        parts.push(
            "Cython's code reads PyThreadState and frames, which every version lays out anew".to_owned(),
        );
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
