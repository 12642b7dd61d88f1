//! Modules that were built with the headers of an alpha or a beta.

use soabi_definition::BuiltWith;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("pre-release-abi", Warning, "a module was built with the headers of an alpha or a beta of Python");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let BuiltWith { pre_release, .. } = &object.reading.as_ref()?.built_with;
    // The ABI is final from the first release candidate on.
    let release = pre_release.as_deref().filter(|release| !release.contains("rc"))?;
    let message =
        format!("was built with the headers of {release}, whose ABI was not final: its PyABIInfo says so");
    Some(Hit::on(object, message).evidence("headers", [release]).help(
        "rebuild with a release candidate or a release: the ABI does not change after the first candidate",
    ))
}
