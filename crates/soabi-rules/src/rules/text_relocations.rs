//! Files whose code has to be changed when it is loaded.

use soabi_core::Severity;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::Libc;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "text-relocations",
    Error,
    "a file's code has to be rewritten when it is loaded, which many systems forbid"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    object.facts.elf.as_ref().filter(|elf| elf.text_relocations)?;
    let android = object.home.libc == Some(Libc::Bionic);
    let (message, severity) = if android && object.facts.bits == 64 {
        ("has text relocations, which Android refuses in 64-bit files", Severity::Error)
    } else if android {
        ("has text relocations, which Android refuses since API level 23", Severity::Warning)
    } else {
        (
            "has text relocations: processes that may not write to their code (SELinux, `MemoryDenyWriteExecute` of \
             systemd) cannot load it, and its code is not shared between processes",
            Severity::Warning,
        )
    };
    Some(Hit::on(object, message).downgraded_to(severity).help(
        "compile everything with `-fPIC`, assembler sources too; `-Wl,-z,text` makes the linker name what is not",
    ))
}
