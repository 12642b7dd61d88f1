//! Segments that cannot be mapped on systems with larger pages.

use soabi_core::Severity;
use soabi_object::{Arch, Format, ObjectKind};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("page-alignment", Error, "a file's segments do not fit the pages of systems that it is promised to");

/// The smallest page of every system.
const SMALLEST: u64 = 4 << 10;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let android = subject
        .wheel
        .as_ref()
        .is_some_and(|wheel| wheel.name.platforms.iter().any(|tag| tag.starts_with("android_")));
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(|object| hit(object, android)).collect()
}

/// The largest pages of the systems of a machine, in bytes: 64 KiB on aarch64 and POWER, 16 KiB on Android and `LoongArch`.
fn largest_page(arch: Arch, android: bool) -> u64 {
    match arch {
        _ if android => 16 << 10,
        Arch::Loongarch64 => 16 << 10,
        Arch::Aarch64 | Arch::Ppc64le | Arch::Ppc64 => 64 << 10,
        _ => SMALLEST,
    }
}

fn hit(object: &Object, android: bool) -> Option<Hit> {
    let elf = object.facts.elf.as_ref().filter(|_| object.facts.format == Format::Elf)?;
    if elf.loads.iter().any(|load| !load.is_congruent(SMALLEST)) {
        let message = "has a segment whose offset and address differ within a page: no system can map it";
        return Some(Hit::on(object, message).help(
            "rebuild it: the file was damaged by a tool that rewrites ELF files; a newer patchelf may do it right",
        ));
    }
    let page = largest_page(object.facts.arch, android);
    // A single segment can be mapped at any address.
    let unfit = elf.loads.iter().any(|load| !load.is_congruent(page));
    let message = format!(
        "has segments aligned to less than {} KiB: it does not load on kernels with pages of that size",
        page >> 10
    );
    unfit.then(|| {
        Hit::on(object, message)
            .downgraded_to(Severity::Warning)
            .help(format!("link with `-Wl,-z,max-page-size={page}`"))
    })
}
