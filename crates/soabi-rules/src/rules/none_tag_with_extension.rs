//! `py3-none`: a promise to every Python 3, made by files that some of them cannot load.

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::words::{count, named};
use crate::world::World;

rule!("none-tag-with-extension", Warning, "the wheel promises no ABI and holds extension modules");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let none = wheel.name.abis.iter().all(|abi| abi == "none");
    // `cp39-none-win_amd64` names the interpreter, which is enough.
    let generic = wheel.name.pythons.iter().any(|python| python.starts_with("py"));
    let mut members: Vec<&str> = subject.extensions().filter_map(|object| object.member.as_deref()).collect();
    members.dedup();
    if !none || !generic || members.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "`{}` is installed in every such Python, PyPy too, and holds {}: {}",
        wheel.name.compressed_tag(),
        count(members.len(), "extension module"),
        named(&members)
    );
    vec![Hit::whole(message).evidence("objects", members).help(
        "tag the wheel for what the modules were built for (`cp39-abi3`, `cp311-cp311`); keep it if the \
         package works \
         without them",
    )]
}
