//! Files whose headers were those of another Python than their tag names.

use soabi_core::{AbiTag, Claim, CpythonAbi, PyVersion};
use soabi_definition::BuiltWith;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "built-for-another-version",
    Error,
    "a file was compiled with the headers of another Python than its tag names"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let built_with = &object.reading.as_ref()?.built_with;
    let message = if let Some(contradiction) = &built_with.contradiction {
        format!("was compiled with the headers of more than one Python: {contradiction}")
    } else {
        other_headers(object, built_with)?
    };
    Some(Hit::on(object, message).evidence("signals", &built_with.evidence).help(
        "build in a clean folder for each Python: object files and generated sources of another one were taken over, \
         or the file was renamed",
    ))
}

/// That none of the versions which the tags name has the headers that the file was compiled with.
fn other_headers(object: &Object, built_with: &BuiltWith) -> Option<String> {
    // A stable ABI is compiled with headers of any version.
    let claimed: Option<Vec<CpythonAbi>> = object.claims.iter().map(version_specific).collect();
    let claimed: Vec<PyVersion> = claimed?.iter().map(|abi| abi.version).collect();
    let of_headers = &built_with.versions;
    let differs = !of_headers.is_empty() && !claimed.is_empty() && built_with.limited != Some(true);
    let others = differs && claimed.iter().all(|version| !of_headers.contains(version));
    others.then(|| {
        let versions: Vec<String> = claimed.iter().map(ToString::to_string).collect();
        let (versions, headers) = (versions.join(", "), built_with.python.join(" or "));
        format!("is for {versions} by its tag, and was compiled with the headers of {headers}")
    })
}

fn version_specific(claim: &Claim) -> Option<CpythonAbi> {
    match claim.abi {
        AbiTag::Cpython(abi) => Some(abi),
        _ => None,
    }
}
