//! Platforms of which the tables know little or nothing: what was not judged must not look clean.

use std::collections::BTreeSet;

use soabi_core::Severity;
use soabi_object::Format;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::{Apple, Libc, Platform, PlatformTag};
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!(
    "platform-not-in-tables",
    Warning,
    "the wheel is for a platform of which soabi knows little, so it was judged in part"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    if subject.extensions().next().is_none() {
        return Vec::new();
    }
    strangers(subject).into_iter().chain(partly_known(subject)).collect()
}

/// Platform tags that mean nothing to soabi.
fn strangers(subject: &Subject) -> Option<Hit> {
    let platforms = subject.wheel.iter().flat_map(|wheel| &wheel.name.platforms);
    let strangers: Vec<&String> =
        platforms.filter(|tag| PlatformTag::parse(tag) == PlatformTag::Other).collect();
    let message = format!(
        "the tables have no platform {}: neither file names nor libraries were judged for it",
        named(&strangers)
    );
    (!strangers.is_empty()).then(|| {
        Hit::whole(message)
            .evidence("platforms", strangers)
            .help("audit the wheel on that platform with `--python PATH` of an interpreter there")
    })
}

/// Systems whose own libraries are known by their names at most.
fn partly_known(subject: &Subject) -> Option<Hit> {
    let systems: BTreeSet<&str> = subject.extensions().filter_map(unknown_part).collect();
    let systems: Vec<&str> = systems.into_iter().collect();
    let message = format!(
        "what the libraries of {} export is not in the tables: of symbols only Python's were judged",
        systems.join(" and ")
    );
    (!systems.is_empty()).then(|| {
        Hit::whole(message)
            .downgraded_to(Severity::Note)
            .help("nothing to do; a test on the platform itself tells more")
    })
}

fn unknown_part(object: &Object) -> Option<&'static str> {
    let Platform { format, libc, apple, .. } = object.home;
    match (format, libc, apple) {
        (Format::Elf, Some(Libc::Bionic), _) => Some("Android"),
        (Format::MachO, _, Some(Apple::Ios | Apple::IosSimulator)) => Some("iOS"),
        (Format::Wasm, ..) => Some("Emscripten"),
        _ => None,
    }
}
