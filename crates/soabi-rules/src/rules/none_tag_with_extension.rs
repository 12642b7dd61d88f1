//! `py3-none`, `cp313-none`: wheels that more builds install than the files in them are for.

use soabi_core::{CpythonAbi, PyVersion};

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::words::{count, named};
use crate::world::World;

/// The first version with free-threaded builds (PEP 703).
const FIRST_FREE_THREADED: PyVersion = PyVersion::new(3, 13);

rule!("none-tag-with-extension", Warning, "the wheel promises no ABI and holds extension modules");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let mut members: Vec<&str> = subject.extensions().filter_map(|object| object.member.as_deref()).collect();
    members.dedup();
    if members.is_empty() || wheel.name.abis.iter().any(|abi| abi != "none") {
        return Vec::new();
    }
    let tag = wheel.name.compressed_tag();
    let contents = format!("{}: {}", count(members.len(), "extension module"), named(&members));
    if wheel.name.pythons.iter().any(|python| python.starts_with("py")) {
        let message = format!("`{tag}` is installed in every such Python, PyPy too, and holds {contents}");
        return vec![Hit::whole(message).evidence("objects", members).help(
            "tag the wheel for what the modules were built for (`cp39-abi3`, `cp311-cp311`); keep it if the package \
             works without them",
        )];
    }
    let version = wheel.name.pythons.iter().find_map(|tag| PyVersion::from_compact(tag.strip_prefix("cp")?));
    let Some(version) = version.filter(|version| version.major == 3) else { return Vec::new() };
    let others =
        if version >= FIRST_FREE_THREADED { "free-threaded and debug builds" } else { "debug builds" };
    let message = format!("`{tag}` is installed by {others} of {version} too, and holds {contents}");
    let help = format!(
        "tag the wheel `{0}-{0}`, which names the build: `wheel tags --abi-tag {0} WHEEL`",
        CpythonAbi::release(version)
    );
    vec![Hit::whole(message).evidence("objects", members).help(help)]
}
