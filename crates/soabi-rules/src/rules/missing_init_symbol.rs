//! A name that only extension modules have, and no init symbol.

use soabi_core::Severity;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::{Object, has_extension_only_suffix, mangled_init};
use crate::subject::Subject;
use crate::world::World;

rule!("missing-init-symbol", Error, "a file is named like an extension module and exports no init symbol");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let named = subject.objects.iter().filter(|object| {
        let loadable = object.facts.kind == ObjectKind::Library;
        loadable && (object.extension || object.name.as_ref().is_some_and(has_extension_only_suffix))
    });
    // Python 2 modules that are named after something else have their own rule.
    let without = named.filter(|object| object.init.is_empty() && object.python_2_candidates().is_empty());
    without.filter(|object| !object.needed_by_others).map(hit).collect()
}

fn hit(object: &Object) -> Hit {
    let module = object.module(3);
    if object.imports.is_empty() {
        // cffi and ctypes open plain libraries by path, and pycryptodome names 47 of them `.abi3.so`.
        let message = "is named like an extension module, and is a plain library: exports no init symbol, \
                       imports nothing of Python's";
        return Hit::on(object, message)
            .downgraded_to(Severity::Note)
            .help("give it a name without an ABI, such as `lib.so`: ctypes and cffi open any name, and `import` cannot load it");
    }
    if !object.extension {
        let message = "is named like an extension module, and exports functions but no init symbol: `import` cannot \
                       load it";
        return Hit::on(object, message).downgraded_to(Severity::Note).help(
            "give it a name without an ABI, such as `lib.so`, if LD_PRELOAD, ctypes or a debugger loads it; otherwise export \
             the init symbol",
        );
    }
    let mangled = object.facts.exports.iter().find(|export| mangled_init(&export.name).is_some());
    if let Some(export) = mangled {
        let message = format!(
            "exports `{}`, an init function with a C++-mangled name, so `import {module}` fails in every Python",
            export.name
        );
        return Hit::on(object, message)
            .evidence("symbols", [&export.name])
            .help(format!("declare it `extern \"C\"`: `PyMODINIT_FUNC PyInit_{module}(void)` does, where Python.h is included"));
    }
    let message = format!("exports no init symbol, so `import {module}` fails in every Python");
    Hit::on(object, message).help(format!(
        "export `PyInit_{module}` (PyMODINIT_FUNC does; a version script or -fvisibility may hide it), or \
         give a helper \
         library another name"
    ))
}
