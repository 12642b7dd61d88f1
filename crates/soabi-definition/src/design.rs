//! Files that hold no definition by design, recognised by what their init functions call.

use crate::execute::Executor;
use crate::program::Program;
use crate::report::NoneBecause;
use crate::value::Value;

/// What the calls of an init function show, if it creates no module itself.
pub(crate) fn recognise(executor: &Executor<'_>, stub: bool) -> Option<NoneBecause> {
    if stub {
        return Some(NoneBecause::Stub);
    }
    let memory = &executor.context.memory;
    let called = |name: &str, argument: usize, matches: fn(&str) -> bool| {
        executor.calls.iter().any(|call| {
            memory.program.symbol_name(call.symbol) == name
                && match call.arguments.get(argument) {
                    Some(&Value::Int(text)) => memory.text(text).is_some_and(|text| matches(&text)),
                    _ => false,
                }
        })
    };
    // `_cffi_init()` in cffi's `_cffi_include.h`.
    if called("PyImport_ImportModule", 0, |text| text == "_cffi_backend") {
        return Some(NoneBecause::Cffi);
    }
    // The shim in mypyc's `lib-rt/module_shim.tmpl`: the group's module has a capsule for each of its modules.
    if called("PyCapsule_GetPointer", 1, |text| text.contains(".init_"))
        || called("PyImport_ImportModule", 0, |text| text.ends_with("__mypyc"))
    {
        return Some(NoneBecause::Mypyc);
    }
    None
}

/// The same by the imports alone, for machines that cannot be executed: a file that imports no function which
/// creates modules.
pub(crate) fn by_imports(program: &Program<'_>) -> Option<NoneBecause> {
    let creates = program.imported().any(|name| {
        name.contains("Module_Create2") || name.contains("ModuleDef_Init") || name.contains("_InitModule4")
    });
    let has = |names: &[&str]| names.iter().all(|name| program.imports(name));
    if creates {
        return None;
    }
    if has(&["PyImport_ImportModule", "PyLong_FromVoidPtr", "PyObject_CallMethod"]) {
        return Some(NoneBecause::Cffi);
    }
    let python = program.imported().filter(|name| name.starts_with("Py")).count();
    let imports_module = has(&["PyImport_ImportModule"]) || has(&["PyImport_ImportModuleLevel"]);
    (imports_module && has(&["PyCapsule_GetPointer", "PyObject_GetAttrString"]) && python < 16)
        .then_some(NoneBecause::Mypyc)
}
