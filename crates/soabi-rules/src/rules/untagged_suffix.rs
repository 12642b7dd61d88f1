//! `spam.so`: every Python 3 that comes across it tries to load it.

use soabi_core::{AbiTag, InitKind};
use soabi_object::Format;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("untagged-suffix", Note, "an extension module's file name does not say for which ABI it is");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let untagged = subject.extensions().filter(|object| {
        let python_3 = object.init.iter().any(|init| init.kind != InitKind::Init);
        python_3 && object.name.as_ref().is_some_and(|name| matches!(name.suffix.as_str(), ".so" | ".pyd"))
    });
    let hit = |object: &Object| {
        let message = format!("`{}` does not say for which ABI it is", object.file_name);
        Hit::on(object, message).help(
            "name it with the interpreter's EXT_SUFFIX (`sysconfig.get_config_var(\"EXT_SUFFIX\")`), or \
             `.abi3.so`; \
             then no other Python tries to load it",
        )
    };
    untagged.filter(|object| !has_to_be(object)).map(hit).collect()
}

/// Whether no other name would do: on Windows the stable ABI has no suffix of its own, and no tagged one is
/// searched for by all whom abi3 and abi3t together are for.
fn has_to_be(object: &Object) -> bool {
    let claims = |abi: AbiTag| object.claims.iter().any(|claim| claim.abi == abi);
    let windows = object.facts.format == Format::Pe && object.stable_claim().is_some();
    windows || (claims(AbiTag::Abi3) && claims(AbiTag::Abi3t))
}
