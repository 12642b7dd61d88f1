//! Files that ask for an executable stack, which newer systems refuse.

use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "executable-stack",
    Warning,
    "a file requests an executable stack, which glibc 2.41 and later refuse to give"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    let asking = libraries
        .filter(|object| object.facts.elf.as_ref().is_some_and(|elf| elf.executable_stack == Some(true)));
    asking
        .map(|object| {
            let message = "requests an executable stack: glibc 2.41 and later, and SELinux, refuse to load it";
            Hit::on(object, message).help(
                "link with `-Wl,-z,noexecstack`; assembler sources need `.section .note.GNU-stack,\"\",@progbits`; \
                 `patchelf --clear-execstack FILE` corrects a built file",
            )
        })
        .collect()
}
