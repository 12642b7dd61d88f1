//! A dependency on libpython itself: some interpreters have none to share, the others have their own.

use soabi_core::{AbiTag, Severity};
use soabi_object::Format;

use super::rule;
use crate::hit::Hit;
use crate::import::{is_python_library, version_of_python_library};
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "links-libpython",
    Error,
    "an extension module links libpython, which its interpreter already provides"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    // On Windows a module has to name its DLL; `wrong-python-dll` looks at which.
    subject.extensions().filter(|object| object.facts.format != Format::Pe).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let library =
        object.facts.needed.iter().map(|needed| &*needed.name).find(|name| is_python_library(name))?;
    let version = version_of_python_library(library);
    let other =
        |abi: &&AbiTag| matches!(abi, AbiTag::Cpython(abi) if version.is_some_and(|own| own != abi.version));
    let others: Vec<&AbiTag> = object.promised.iter().filter(other).collect();
    let hit = if others.is_empty() {
        if object.has_to_link_python() {
            return None;
        }
        let message = format!("links `{library}`, which a statically linked Python does not have");
        Hit::on(object, message).downgraded_to(Severity::Warning)
    } else {
        let others = span(&others, &object.promised);
        let message = format!("links `{library}`, but claims {others}, where that is a second Python");
        Hit::on(object, message)
    };
    Some(hit.evidence("libraries", [library]).evidence("pythons", others).help(
        "do not link with -lpython: since 3.8 `python3-config --ldflags` leaves it out without `--embed` \
         (bpo-36721)",
    ))
}
