//! Thread-local memory that has to fit into what is left when a process has started.

use soabi_core::Severity;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::{Object, STATIC_TLS_SURPLUS};
use crate::platform::Libc;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "static-tls",
    Error,
    "a file needs more static thread-local memory than a running process has to spare"
);

/// What glibc keeps for libraries that are loaded later, in bytes: 1664 by default, of which its own libraries and
/// other modules use a part (glibc's `elf/dl-tls.c`, `rtld.optional_static_tls` 512).
const TO_SPARE: u64 = 512;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let elf = object.facts.elf.as_ref().filter(|elf| elf.static_tls)?;
    if object.home.libc == Some(Libc::Musl) {
        let message = "needs static thread-local memory, which musl does not give to a library that is loaded late: \
                       `initial-exec TLS resolves to dynamic definition`";
        // What is preloaded is there when the process starts.
        let loaded_late = object.extension || object.needed_by_others;
        let severity = if loaded_late { Severity::Error } else { Severity::Note };
        return Some(Hit::on(object, message).downgraded_to(severity).help(HELP));
    }
    let size = elf.thread_local.filter(|block| block.size > TO_SPARE)?.size;
    if size > STATIC_TLS_SURPLUS && object.home.libc == Some(Libc::Gnu) {
        let message = format!(
            "needs {size} bytes of static thread-local memory, and glibc keeps {STATIC_TLS_SURPLUS} for all libraries that are \
             loaded late: `cannot allocate memory in static TLS block`"
        );
        let loaded_late = object.extension || object.needed_by_others;
        let severity = if loaded_late { Severity::Error } else { Severity::Note };
        return Some(Hit::on(object, message).downgraded_to(severity).help(HELP));
    }
    let message = format!(
        "needs {size} bytes of static thread-local memory, and glibc keeps {TO_SPARE} for libraries that are loaded \
         late: `cannot allocate memory in static TLS block` depends on what was imported before"
    );
    Some(Hit::on(object, message).downgraded_to(Severity::Warning).help(HELP))
}

const HELP: &str = "build without `-ftls-model=initial-exec`; the default model needs none";
