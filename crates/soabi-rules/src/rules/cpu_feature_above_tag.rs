//! Instructions on the way of every import that need a newer processor than the platform tag names.

use soabi_core::Severity;
use soabi_definition::{CpuNeed, Level};
use soabi_object::Format;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!(
    "cpu-feature-above-tag",
    Error,
    "every import executes an instruction that not every promised processor has"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let baseline = baseline(object.facts.format);
    let needs = &object.reading.as_ref()?.cpu;
    let above = |need: &&CpuNeed| need.level.is_none_or(|level| level > baseline);
    let mut needs: Vec<&CpuNeed> = needs.iter().filter(above).collect();
    needs.sort_by_key(|need| std::cmp::Reverse(need.level));
    let worst = needs.first()?;
    let features: Vec<&str> = needs.iter().map(|need| need.feature.as_str()).collect();
    let (severity, level) = match worst.level {
        Some(Level::V3) => (Severity::Error, "x86-64-v3"),
        Some(Level::V4) => (Severity::Error, "x86-64-v4"),
        Some(Level::V1 | Level::V2) => (Severity::Note, "x86-64-v2"),
        None => (Severity::Warning, "no level of x86-64"),
    };
    let message = format!(
        "needs {} in every import ({level}), at {:#x}: where the processor lacks it, the import ends with an illegal \
         instruction",
        named(&features),
        worst.address
    );
    let all = needs.iter().map(|need| format!("{:#x}: {}", need.address, need.feature));
    Some(Hit::on(object, message).downgraded_to(severity).evidence("instructions", all).help(
        "build constructors and the init function with `-march=x86-64`, and choose faster code at run time; a \
         constructor of a library compiled with -march counts as well",
    ))
}

/// What the platform tags of a system promise: SSE2; Macs have SSE4.1 since before the oldest macOS that is tagged.
const fn baseline(format: Format) -> Level {
    match format {
        Format::MachO => Level::V2,
        _ => Level::V1,
    }
}
