//! Android: modules that do not name libpython among the libraries that they need.

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("libpython-not-linked", Error, "a module for Android does not ask for libpython");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let first = object.imports.first().filter(|_| object.lacks_libpython())?;
    let message = format!(
        "imports `{}` and asks for no libpython: Android's linker looks for symbols in the libraries that a file asks \
         for, and nowhere else",
        first.name
    );
    Some(Hit::on(object, message).help(
        "link with `-lpython3.X`, as `sysconfig.get_config_var(\"LDSHARED\")` of a Python for Android does",
    ))
}
