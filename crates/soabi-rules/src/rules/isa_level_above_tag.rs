//! Files that need a newer processor than their platform tag names.

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "isa-level-above-tag",
    Warning,
    "a file says that it needs a newer processor than the platform tag promises"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    if subject.wheel.is_none() {
        return Vec::new();
    }
    // The loader looks into such a folder on processors that have the level, and takes the library beside it elsewhere.
    let is_chosen = |object: &&Object| {
        object.member.as_ref().is_some_and(|member| member.split('/').any(|folder| folder == "glibc-hwcaps"))
    };
    subject.objects.iter().filter(|object| !is_chosen(object)).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let level = object.facts.elf.as_ref()?.isa.x86_level_needed().filter(|level| *level > 1)?;
    let message = format!(
        "needs a processor of the level x86-64-v{level}; the tag promises every x86-64: glibc says `CPU ISA level is \
         lower than required`"
    );
    Some(Hit::on(object, message).help(format!(
        "build with `-march=x86-64`, or choose the code at run time; `-mneeded` and `-march=x86-64-v{level}` set the mark"
    )))
}
