//! Functions that musl has only since 1.2, in a wheel that promises 1.1.
//!
//! musl's symbols have no versions, so what a file needs shows in the names alone.

use soabi_object::{Import, ObjectKind};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::PlatformTag;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("musl-too-new", Error, "a file needs a newer musl than the wheel's platform tag promises");

/// What musl 1.2 added that programs notice; from its release notes. On 32-bit machines the functions that
/// take a time have new names since 1.2.0 as well.
const NEW_IN_1_2: &[&str] =
    &["_Fork", "gettid", "preadv2", "pthread_getname_np", "pwritev2", "qsort_r", "reallocarray", "statx"];

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let promises_1_1 = subject.wheel.as_ref().is_some_and(|wheel| {
        let mut tags = wheel.name.platforms.iter().map(|tag| PlatformTag::parse(tag));
        tags.any(|tag| matches!(tag, PlatformTag::Musllinux { musl, .. } if musl < (1, 2)))
    });
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter(|_| promises_1_1).filter_map(|object| hit(subject, object)).collect()
}

fn hit(subject: &Subject, object: &Object) -> Option<Hit> {
    let is_new = |import: &&Import| {
        let time64 = object.facts.bits == 32 && import.name.starts_with("__") && import.name.ends_with("64");
        !import.weak && (NEW_IN_1_2.contains(&import.name.as_str()) || time64)
    };
    let brought = |import: &&Import| {
        let mut exports = subject.objects.iter().flat_map(|other| &other.facts.exports);
        exports.any(|export| export.name == import.name)
    };
    let names = object.facts.imports.iter().filter(is_new).filter(|import| !brought(import));
    let names: Vec<&String> = names.map(|import| &import.name).collect();
    let message = format!("needs musl 1.2, and the wheel promises 1.1: imports {}", named(&names));
    (!names.is_empty()).then(|| {
        Hit::on(object, message)
            .evidence("symbols", names)
            .help("build in a musllinux_1_1 image, or tag the wheel musllinux_1_2")
    })
}
