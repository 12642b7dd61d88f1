//! Suffixes that a promised interpreter does not search for, though they name the right ABI.

use soabi_core::{AbiTag, Severity};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::suffixes::suffixes;
use crate::words::span;

rule!("suffix-not-searched", Error, "a promised interpreter does not search for a file of this name");

fn check(subject: &Subject) -> Vec<Hit> {
    subject.extensions().filter_map(|object| hit(subject, object)).collect()
}

fn hit(subject: &Subject, object: &Object) -> Option<Hit> {
    let suffix = object.name.as_ref()?.suffix.as_str();
    let pythons: Vec<&AbiTag> = object.promised.iter().filter(|abi| !subject.finds(object, **abi)).collect();
    if pythons.is_empty() {
        return None;
    }
    let message = format!("`{suffix}` is not searched for by {}", span(&pythons, &object.promised));
    let hit = Hit::on(object, message);
    // Without a tag of its own the file may be opened by other means than `import`.
    let known = object.named_abi() != AbiTag::None;
    let hit = if known { hit } else { hit.only(Severity::Warning) };
    let help = help(object, *pythons[0]);
    Some(hit.evidence("pythons", pythons).help(help))
}

fn help(object: &Object, python: AbiTag) -> String {
    if matches!(object.named_abi(), AbiTag::Abi3 | AbiTag::Abi3t) {
        let plain = format!(".{}.so", object.named_abi());
        return format!(
            "`{plain}` is searched for by all; the stable ABI's suffix takes a platform from 3.15 on \
             (gh-122931), and in some distributors' older Pythons"
        );
    }
    format!("{python} searches for `{}`", suffixes(python, object.home).join("`, `"))
}
