//! The symbol versions that a file asks of glibc against the oldest one that the wheel's tag promises.

use soabi_core::Severity;
use soabi_object::{ObjectKind, VersionNeed};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::PlatformTag;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "glibc-too-new",
    Error,
    "a file needs a newer glibc or libstdc++ than the wheel's platform tag promises"
);

/// The glibc of `CentOS` 7. A promise to an older one harms nobody when it is broken: no system that has one
/// is cared for any more.
const OLDEST_ALIVE: (u16, u16) = (2, 17);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(promised) = promised(subject) else { return Vec::new() };
    let vendors_libstdcxx = subject.objects.iter().any(|object| object.file_name.starts_with("libstdc++"));
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries
        .flat_map(|object| {
            let libstdcxx = if vendors_libstdcxx { None } else { newer_libstdcxx(object, promised) };
            [newer_glibc(object, promised), libstdcxx]
        })
        .flatten()
        .collect()
}

/// The oldest glibc that the wheel's tags promise.
fn promised(subject: &Subject) -> Option<(u16, u16)> {
    let tags = subject.wheel.as_ref()?.name.platforms.iter().map(|tag| PlatformTag::parse(tag));
    tags.filter_map(|tag| if let PlatformTag::Manylinux { glibc, .. } = tag { Some(glibc) } else { None })
        .min()
}

fn newer_glibc(object: &Object, promised: (u16, u16)) -> Option<Hit> {
    let newer = newer(object, "GLIBC_", &[promised.0, promised.1]);
    let (needed, _) = newer.iter().max_by(|a, b| a.0.cmp(&b.0))?;
    let needed = (needed[0], needed.get(1).copied().unwrap_or_default());
    let message = format!(
        "needs glibc {}.{}, and the wheel promises {}.{}",
        needed.0, needed.1, promised.0, promised.1
    );
    let hit = Hit::on(object, message)
        .evidence("symbols", newer.iter().flat_map(|(_, need)| askers(object, need)))
        .help(format!(
            "build in a manylinux image for glibc {}.{}, or let auditwheel choose the tag",
            promised.0, promised.1
        ));
    Some(if needed > OLDEST_ALIVE { hit } else { hit.downgraded_to(Severity::Warning) })
}

/// The newest libstdc++ that PEP 513, 571 and 599 allow; later tags promise glibc alone (PEP 600).
fn newer_libstdcxx(object: &Object, promised: (u16, u16)) -> Option<Hit> {
    let allowed: &[u16] = match promised {
        (2, 5) => &[3, 4, 9],
        (2, 12) => &[3, 4, 13],
        (2, 17) => &[3, 4, 19],
        _ => return None,
    };
    let newer = newer(object, "GLIBCXX_", allowed);
    let (_, newest) = newer.iter().max_by(|a, b| a.0.cmp(&b.0))?;
    let message = format!(
        "needs {} of the system's libstdc++, newer than manylinux_{}_{} allows",
        newest.version, promised.0, promised.1
    );
    Some(
        Hit::on(object, message)
            .downgraded_to(Severity::Warning)
            .evidence("symbols", newer.iter().flat_map(|(_, need)| askers(object, need)))
            .help("build in that manylinux image, whose compiler links newer parts of libstdc++ statically"),
    )
}

/// The versions above `limit` that the object cannot do without, as numbers.
fn newer<'a>(object: &'a Object, prefix: &str, limit: &[u16]) -> Vec<(Vec<u16>, &'a VersionNeed)> {
    let strong = object.facts.versions.iter().filter(|need| !need.weak);
    let numbered = strong.filter_map(|need| Some((numbers(&need.version, prefix)?, need)));
    numbered.filter(|(version, _)| version.as_slice() > limit).collect()
}

/// The numbers of `GLIBC_2.17`. `GLIBC_ABI_DT_RELR` marks what only 2.36 and later can load.
fn numbers(version: &str, prefix: &str) -> Option<Vec<u16>> {
    if version == "GLIBC_ABI_DT_RELR" && prefix == "GLIBC_" {
        return Some(vec![2, 36]);
    }
    version.strip_prefix(prefix)?.split('.').map(|part| part.parse().ok()).collect()
}

/// The symbols that ask for a version: `memcpy@GLIBC_2.14`, or the version alone.
fn askers(object: &Object, need: &VersionNeed) -> Vec<String> {
    let names: Vec<String> =
        object.facts.asking(need).map(|import| format!("{}@{}", import.name, need.version)).collect();
    if names.is_empty() { vec![need.version.to_string()] } else { names }
}
