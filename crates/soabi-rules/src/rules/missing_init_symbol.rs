//! A name that only extension modules have, and no init symbol.

use soabi_core::Severity;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::{Object, has_extension_only_suffix, is_init, mangled_init};
use crate::subject::Subject;
use crate::world::World;

rule!("missing-init-symbol", Error, "a file is named like an extension module and exports no init symbol");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let named = subject.objects.iter().filter(|object| {
        let loadable = object.facts.kind == ObjectKind::Library;
        loadable && (object.extension || object.name.as_ref().is_some_and(has_extension_only_suffix))
    });
    // Python 2 modules that are named after something else have their own rule.
    let is_none = |object: &&Object| {
        object.init.iter().all(|init| object.is_variable(init)) && object.python_2_candidates().is_empty()
    };
    let without = named.filter(is_none);
    without.filter(|object| !object.needed_by_others).map(hit).collect()
}

fn hit(object: &Object) -> Hit {
    let module = object.module(3);
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
    if let [init, ..] = &object.init[..] {
        let message =
            format!("exports `{init}` as a variable, so `import {module}` ends the process in every Python");
        return Hit::on(object, message)
            .help(format!("make `{init}` a function that returns the module: PyMODINIT_FUNC declares one"));
    }
    let old = object.facts.exports.iter().find(|export| export.old_version && is_init(&export.name));
    if let Some(old) = old {
        let version = old.version.as_deref().unwrap_or_default();
        let message = format!(
            "exports `{}` as an old version (`@{version}`), which `dlsym` does not find, so `import {module}` fails in \
             every Python",
            old.name
        );
        return Hit::on(object, message)
            .help("give init symbols no version, or make it the default: `@@` in a `.symver`");
    }
    let message = format!("exports no init symbol, so `import {module}` fails in every Python");
    Hit::on(object, message).help(format!(
        "export `PyInit_{module}` (PyMODINIT_FUNC does; a version script or -fvisibility may hide it), or \
         give a helper \
         library another name"
    ))
}
