//! Functions whose flags a promised interpreter does not know.

use std::collections::BTreeSet;

use soabi_core::{AbiTag, PyVersion};

use super::rule;
use crate::definitions::executed_for;
use crate::hit::Hit;
use crate::method_flags::fault;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("method-flags-unsupported", Error, "a function has flags that a promised Python does not take");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

/// Whether the file is for one interpreter, and nothing shows that it was compiled with the headers of another version.
fn may_have_headers_of(object: &Object, abi: AbiTag, version: PyVersion) -> bool {
    let shown = object.reading.as_ref().map(|reading| &reading.built_with.versions);
    object.claims.iter().any(|claim| claim.abi == abi)
        && shown.is_none_or(|versions| versions.is_empty() || versions.contains(&version))
}

fn hit(object: &Object) -> Option<Hit> {
    let mut methods = BTreeSet::new();
    let mut pythons = Vec::new();
    for abi in &object.promised {
        let AbiTag::Cpython(python) = abi else { continue };
        let definitions = executed_for(object, *abi);
        let own_headers = may_have_headers_of(object, *abi, python.version);
        let unsupported = definitions
            .iter()
            .flat_map(|definition| definition.methods.iter().flatten())
            .filter(|method| fault(method, python.version, own_headers).is_some())
            .map(|method| format!("{} ({})", method.name, method.flags.join(" | ")));
        let unsupported: Vec<String> = unsupported.collect();
        if !unsupported.is_empty() {
            pythons.push(abi);
        }
        methods.extend(unsupported);
    }
    let methods: Vec<String> = methods.into_iter().collect();
    (!methods.is_empty()).then(|| {
        let message = format!(
            "has {} with flags that {} does not take for a module's function: the import fails, or it is called with other \
             arguments",
            named(&methods),
            span(&pythons, &object.promised)
        );
        Hit::on(object, message).evidence("methods", &methods).evidence("pythons", pythons).help(
            "use METH_VARARGS, METH_NOARGS or METH_O; METH_FASTCALL is of 3.7, METH_METHOD, METH_CLASS and METH_STATIC are \
             for the methods of types",
        )
    })
}
