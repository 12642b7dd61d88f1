//! Headers that the dynamic linker refuses, whatever else is in the file.

use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("header-refused", Error, "a file's headers say something for which the dynamic linker refuses it", since "0.1.0");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let refusal = object.refused_header()?;
    Some(Hit::on(object, refusal.why).help(refusal.help))
}
