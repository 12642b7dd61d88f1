//! Calling conventions of a machine that its platform tag does not mean.

use soabi_object::facts::FloatAbi;
use soabi_object::{Arch, ObjectKind};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!(
    "abi-flags-mismatch",
    Error,
    "a file uses another calling convention than the systems of its platform tag"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let tagged = subject.wheel.as_ref().is_some_and(|wheel| {
        wheel.name.platforms.iter().any(|tag| tag.starts_with("manylinux") || tag.starts_with("musllinux"))
    });
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter(|_| tagged).filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let abi = object.facts.elf.as_ref()?.abi;
    let (has, wants) = match (object.facts.arch, abi.float, abi.ppc64_version) {
        (Arch::Arm, Some(FloatAbi::Soft), _) => ("soft-float", "hard-float (armhf)"),
        (Arch::Riscv64, Some(FloatAbi::Soft | FloatAbi::Single | FloatAbi::Quad), _) => {
            ("a floating-point ABI other than lp64d", "lp64d")
        }
        (Arch::Ppc64le, _, Some(1)) => ("ELFv1", "ELFv2"),
        _ => return None,
    };
    let message = format!("uses the calling convention {has}, and the systems of the tag use {wants}");
    Some(
        Hit::on(object, message)
            .help("build it with the compiler of the manylinux or musllinux image of the tag"),
    )
}
