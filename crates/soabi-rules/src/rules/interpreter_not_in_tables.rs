//! Tags of interpreters that the tables do not know: what was not judged must not look clean.

use soabi_core::AbiTag;

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
    let unknown: Vec<String> =
        claims.iter().filter(|claim| !is_known(claim.abi)).map(|claim| claim.abi.to_string()).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let judged = if unknown.len() == claims.len() {
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
