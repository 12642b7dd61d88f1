//! Tags of interpreters that the tables do not know: what was not judged must not look clean.

use soabi_core::{AbiTag, Claim, PyVersion};
use soabi_wheel::WheelFileName;

use super::rule;
use crate::claims::claims_of_wheel;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::tables::ExportTable;
use crate::words::named;
use crate::world::World;

rule!(
    "interpreter-not-in-tables",
    Warning,
    "the wheel is tagged for an interpreter that soabi does not know, so it was not judged"
);

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    if subject.extensions().next().is_none() {
        return Vec::new();
    }
    let known = ExportTable::get().abis();
    let is_known = |abi: AbiTag| {
        matches!(abi, AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None)
            || known.contains(&abi)
            || world.given().iter().any(|python| python.abi == abi)
    };
    let claims = claims_of_wheel(&wheel.name);
    let newest = known.iter().filter_map(version).max();
    // A stable ABI that begins with a version newer than all that are known.
    let is_ahead = |claim: &Claim| claim.floor.is_some_and(|floor| Some(floor) > newest);
    let unknown = claims.iter().filter(|claim| !is_known(claim.abi) || is_ahead(claim));
    let unknown = unknown.map(|claim| match claim.floor {
        Some(floor) => format!("cp{}-{}", floor.compact(), claim.abi),
        None => claim.abi.to_string(),
    });
    let mut unknown: Vec<String> = unknown.chain(others(&wheel.name)).collect();
    unknown.dedup();
    if unknown.is_empty() {
        return Vec::new();
    }
    let judged = if subject.extensions().all(|object| object.promised.is_empty()) {
        "no interpreter that the wheel promises was judged"
    } else {
        "these were not judged"
    };
    let message = format!("the tables have no {}: {judged}", named(&unknown));
    vec![
        Hit::whole(message)
            .evidence("pythons", unknown)
            .help("name the interpreter with `--python PATH` to judge the wheel against its own exports"),
    ]
}

/// The feature version of an ABI of CPython.
fn version(abi: &AbiTag) -> Option<PyVersion> {
    match abi {
        AbiTag::Cpython(abi) => Some(abi.version),
        _ => None,
    }
}

/// The interpreter tags of other implementations than CPython and `PyPy`: `graalpy311`, `ip311`.
fn others(wheel: &WheelFileName) -> impl Iterator<Item = String> + '_ {
    let is_known = |tag: &str| {
        ["cp", "pp", "py"].iter().any(|prefix| {
            tag.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
    };
    wheel.pythons.iter().filter(move |tag| !is_known(tag)).cloned()
}
