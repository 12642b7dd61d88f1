//! Own `Py*` functions that the dynamic linker takes from libpython instead.

use soabi_core::AbiTag;
use soabi_object::ObjectKind;

use super::rule;
use crate::capture::captured;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!(
    "symbol-capture",
    Warning,
    "the file's own function has a name that a promised interpreter exports too"
);

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(|object| hit(object, world)).collect()
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let groups = captured(object, world, &object.promised);
    let names: Vec<&str> = groups.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let captures = |abi: &&AbiTag| groups.iter().any(|(pythons, _)| pythons.contains(*abi));
    let capturing: Vec<&AbiTag> = object.promised.iter().filter(captures).collect();
    (!names.is_empty()).then(|| {
        let message = message(&groups, object);
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", capturing).help(
            "rename it, make it static, hide it (-fvisibility=hidden), or link with -Bsymbolic-functions; \
             harmless only \
             while both do the same",
        )
    })
}

/// Says of each name in which interpreters it is taken.
fn message(groups: &[(Vec<AbiTag>, Vec<&str>)], object: &Object) -> String {
    let within = |pythons: &[AbiTag]| span(&pythons.iter().collect::<Vec<_>>(), &object.promised);
    if let [(pythons, names)] = groups {
        let (names, pythons) = (named(names), within(pythons));
        return format!("defines {names}, but in {pythons} the dynamic linker calls libpython's own");
    }
    let each = groups.iter().map(|(pythons, names)| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        format!("{} in {}", names.join(", "), within(pythons))
    });
    let each: Vec<String> = each.collect();
    format!("its own functions are overridden by libpython's: {}", each.join("; "))
}
