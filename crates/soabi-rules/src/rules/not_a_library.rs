//! Programs that are named like extension modules, or needed as libraries. The dynamic linker loads libraries only.

use soabi_core::Severity;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::{Object, has_extension_only_suffix};
use crate::platform::Libc;
use crate::subject::Subject;
use crate::world::World;

rule!("not-a-library", Error, "a file is loaded as a module or a library and is a program");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.objects.iter().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let kind = match object.facts.kind {
        ObjectKind::PieExecutable => "a position-independent program",
        ObjectKind::Executable => "a program",
        ObjectKind::NotLoadable => "a relocatable object file",
        ObjectKind::Library => return None,
    };
    let is_named = object.name.as_ref().is_some_and(has_extension_only_suffix);
    if !is_named && !object.extension && !object.needed_by_others {
        return None;
    }
    // The debugging information of a module has the module's name, in a bundle of its own.
    if object.member.as_deref().is_some_and(|member| member.contains(".dSYM/")) {
        return None;
    }
    let is_loaded = object.is_loaded_though_a_program();
    if is_loaded && object.home.libc != Some(Libc::Musl) {
        return None;
    }
    let hit = if is_loaded {
        let message = format!("is {kind}, which musl loads as a library and glibc refuses");
        Hit::on(object, message).downgraded_to(Severity::Warning)
    } else {
        Hit::on(object, format!("is {kind}, which the dynamic linker refuses to load as a library"))
    };
    Some(hit.help("link it with `-shared` (and without `-pie`)"))
}
