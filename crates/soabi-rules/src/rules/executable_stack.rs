//! Files that ask for an executable stack, which newer systems refuse.

use soabi_object::{Arch, ObjectKind};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::Libc;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "executable-stack",
    Warning,
    "a file requests an executable stack, which glibc 2.41 and later refuse to give"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let elf = object.facts.elf.as_ref()?;
    // musl and Android's linker leave stacks as they are.
    if matches!(object.home.libc, Some(Libc::Musl | Libc::Bionic)) {
        return None;
    }
    let message = match elf.executable_stack {
        Some(false) => return None,
        Some(true) => "requests an executable stack: glibc 2.41 and later, and SELinux, refuse to load it",
        None if !is_the_default(object.facts.arch) => return None,
        None => {
            "has no header `PT_GNU_STACK`, which on this machine requests an executable stack: glibc 2.41 and later \
             refuse to load it"
        }
    };
    Some(Hit::on(object, message).help(
        "link with `-Wl,-z,noexecstack`; assembler sources need `.section .note.GNU-stack,\"\",@progbits`; \
         `patchelf --clear-execstack FILE` corrects a built file",
    ))
}

/// Whether a file that says nothing about the stack requests an executable one (glibc's `DEFAULT_STACK_PERMS` in
/// `sysdeps/*/stackinfo.h`).
const fn is_the_default(arch: Arch) -> bool {
    matches!(arch, Arch::X86_64 | Arch::I686 | Arch::Arm | Arch::S390x)
}
