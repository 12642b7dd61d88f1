//! Programs that are named like extension modules, or needed as libraries. The dynamic linker loads libraries only.

use std::collections::HashSet;

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
    let loaded = loaded_by_modules(subject);
    let objects = subject.objects.iter().enumerate();
    objects.filter_map(|(index, object)| hit(object, loaded.contains(&index))).collect()
}

/// The files that the dynamic linker loads with modules, as indices. Another file of the name is not one of them, such as its
/// debugging information.
fn loaded_by_modules(subject: &Subject) -> HashSet<usize> {
    let closures = subject.objects.iter().zip(&subject.libraries.resolved.closures);
    let of_modules = closures.filter(|(object, _)| object.extension);
    of_modules.flat_map(|(_, closure)| closure).copied().collect()
}

/// `is_loaded`: whether a module loads it, or it is one.
fn hit(object: &Object, is_loaded: bool) -> Option<Hit> {
    let kind = match object.facts.kind {
        ObjectKind::PieExecutable => "a position-independent program",
        ObjectKind::Executable => "a program",
        ObjectKind::NotLoadable => "a relocatable object file",
        ObjectKind::Library => return None,
    };
    let is_named = object.name.as_ref().is_some_and(has_extension_only_suffix);
    if !is_named && !is_loaded {
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
