//! What imported functions do, on the path where nothing fails.
//!
//! Functions of the interpreter return an object, or zero where they return a status; allocators return fresh
//! memory; the functions that copy memory copy it. The functions that create a module end the search.

use crate::machine::{Context, Machine};
use crate::memory::{HEAP, MOST_BYTES};
use crate::value::{ObjectKind, Value};

/// What a call of an import comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// It returns this.
    Returns(Value),
    /// It does not return.
    Ends,
    /// It creates the module.
    Creates(Created),
}

/// How a function created the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Created {
    /// `PyModuleDef_Init`.
    MultiPhase { definition: Value },
    /// `PyModule_Create2` and its like.
    SinglePhase { definition: Value, api_version: Option<u64>, trace_refs: bool },
    /// `Py_InitModule4_64` and its like.
    Python2 { name: Value, methods: Value, doc: Value, api_version: Option<u64> },
}

/// The first bytes of the mangled names of functions that create a module, and the argument that describes it.
const BOOST: &str = "_ZN5boost6python6detail11init_module";
const SHIBOKEN: &str = "_ZN8Shiboken6Module6create";

/// Functions that return a status, zero for success. `PyModule_Add*` and the rest are covered by [`is_status`].
const STATUS: &[&str] = &[
    "PyErr_Occurred",
    "PyErr_ExceptionMatches",
    "PyErr_GivenExceptionMatches",
    "PyErr_WarnEx",
    "PyErr_WarnFormat",
    "PyType_Ready",
    "PyState_AddModule",
    "PyImport_ImportFrozenModule",
    "PyUnstable_Module_SetGIL",
    "PyObject_SetItem",
    "PyList_Append",
    "PyList_SetItem",
    "PyTuple_SetItem",
    "PySet_Add",
    "PyType_Modified",
    "PyCapsule_SetContext",
    "PyCapsule_SetName",
    "PyThread_tss_create",
    "PyThread_tss_set",
    "PyThread_set_key_value",
    "PyEval_ThreadsInitialized",
    "PyUnicode_Compare",
    "PyUnicode_CompareWithASCIIString",
    "Py_AtExit",
    "atexit",
    "__cxa_atexit",
    "pthread_mutex_init",
    "pthread_mutex_lock",
    "pthread_mutex_unlock",
    "pthread_key_create",
    "pthread_setspecific",
    "pthread_once",
    "pthread_atfork",
];

/// Functions after which nothing follows.
const ENDS: &[&str] = &[
    "abort",
    "exit",
    "_exit",
    "__assert_fail",
    "__assert_rtn",
    "_assert",
    "_wassert",
    "__stack_chk_fail",
    "_Unwind_Resume",
    "__cxa_throw",
    "__cxa_rethrow",
    "__cxa_bad_cast",
    "__cxa_throw_bad_array_new_length",
    "Py_FatalError",
    "_Py_FatalErrorFunc",
    "_CxxThrowException",
    "_invalid_parameter_noinfo_noreturn",
    "_ZSt9terminatev",
    "_ZSt17__throw_bad_allocv",
    "_ZSt20__throw_length_errorPKc",
    "_ZSt19__throw_logic_errorPKc",
    "longjmp",
    "terminate",
];

const ALLOCATORS: &[&str] = &[
    "malloc",
    "PyMem_Malloc",
    "PyMem_RawMalloc",
    "PyObject_Malloc",
    "_Znwm",
    "_Znam",
    "_ZnwmRKSt9nothrow_t",
    "_ZnamRKSt9nothrow_t",
    "??2@YAPEAX_K@Z",
    "??_U@YAPEAX_K@Z",
];

const ZERO_ALLOCATORS: &[&str] = &["calloc", "PyMem_Calloc", "PyMem_RawCalloc", "PyObject_Calloc"];

/// Calls the import `name` with the arguments that the registers hold.
pub(crate) fn call(machine: Machine, context: &mut Context<'_>, name: &str) -> Effect {
    if let Some(created) = creation(machine, context, name) {
        return Effect::Creates(created);
    }
    if ENDS.contains(&name) {
        return Effect::Ends;
    }
    if let Some(result) = memory_function(machine, context, name) {
        return Effect::Returns(result);
    }
    let result = match name {
        "Py_GetVersion" => Value::Object(ObjectKind::VersionText, 0),
        "__cxa_guard_acquire" | "PyGILState_Check" => Value::Int(1),
        _ if STATUS.contains(&name) || is_status(name) => Value::Int(0),
        _ if is_void(name) => Value::Unknown,
        _ if name.starts_with("Py") || name.starts_with("_Py") => object(name),
        _ => Value::Unknown,
    };
    Effect::Returns(result)
}

fn is_status(name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "PyModule_Add",
        "PyDict_Set",
        "PyDict_Merge",
        "PyDict_Update",
        "PyDict_Del",
        "PyObject_SetAttr",
        "PyObject_DelAttr",
        "PyPyModule_Add",
        "PyPyDict_Set",
        "PyPyObject_SetAttr",
        "PyPyType_Ready",
        "PyPyErr_Occurred",
        "_PyDict_Set",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && name != "PyDict_SetDefault"
}

/// Functions of the interpreter whose result is a number that nothing is known of.
fn is_void(name: &str) -> bool {
    const PREFIXES: &[&str] =
        &["PyLong_As", "PyFloat_As", "PyObject_Is", "PyObject_RichCompareBool", "PyOS_"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || name.ends_with("_Size")
        || name.ends_with("_GetSize")
        || name.ends_with("_Contains")
        || name.contains("_Is")
        || name.contains("_Check")
}

fn object(name: &str) -> Value {
    let kind = match name {
        "PyTuple_New" | "PyTuple_Pack" | "PyTuple_GetSlice" | "PySequence_Tuple" | "PyList_AsTuple" => {
            ObjectKind::Tuple
        }
        "PyList_New" | "PySequence_List" | "PyDict_Keys" | "PyDict_Items" | "PyDict_Values" => {
            ObjectKind::List
        }
        "PyFloat_FromDouble" | "PyFloat_FromString" => ObjectKind::Float,
        "PyBytes_FromString" | "PyBytes_FromStringAndSize" => ObjectKind::Bytes,
        _ if name.starts_with("PyUnicode_From") || name.starts_with("PyUnicode_Decode") => {
            ObjectKind::Unicode
        }
        _ if name.starts_with("PyLong_From") => ObjectKind::Long,
        _ if name.starts_with("PyModule_Create") || name.starts_with("PyModule_New") => ObjectKind::Module,
        _ => ObjectKind::Plain,
    };
    Value::Object(kind, 0)
}

/// The module that a call of `name` creates.
fn creation(machine: Machine, context: &Context<'_>, name: &str) -> Option<Created> {
    let argument = |index| machine.argument(context, index);
    let number = |value: Value| value.truncate(4).int();
    let plain =
        name.strip_prefix("PyPy").map_or(name, |rest| if rest.starts_with("Module") { rest } else { name });
    Some(match plain.strip_prefix("Py").unwrap_or(plain) {
        "ModuleDef_Init" => Created::MultiPhase { definition: argument(0) },
        "Module_Create2" | "Module_Create2TraceRefs" => Created::SinglePhase {
            definition: argument(0),
            api_version: number(argument(1)),
            trace_refs: name.ends_with("TraceRefs"),
        },
        "Module_FromDefAndSpec2" => Created::SinglePhase {
            definition: argument(0),
            api_version: number(argument(2)),
            trace_refs: false,
        },
        "_InitModule4" | "_InitModule4_64" | "_InitModule4TraceRefs" | "_InitModule4TraceRefs_64" => {
            Created::Python2 {
                name: argument(0),
                methods: argument(1),
                doc: argument(2),
                api_version: number(argument(4)),
            }
        }
        _ if name.starts_with(BOOST) && context.memory.program.imports("PyModule_Create2") => {
            Created::SinglePhase { definition: argument(0), api_version: None, trace_refs: false }
        }
        // `init_module(PyModuleDef&, void (*)())` on Python 3, `init_module(char const*, void (*)())` on 2.
        _ if name.starts_with(BOOST) && name.contains("PyModuleDef") => {
            Created::SinglePhase { definition: argument(0), api_version: None, trace_refs: false }
        }
        _ if name.starts_with(BOOST) => Created::Python2 {
            name: argument(0),
            methods: Value::Int(0),
            doc: Value::Int(0),
            api_version: None,
        },
        _ if name.starts_with(SHIBOKEN) => {
            Created::SinglePhase { definition: argument(1), api_version: None, trace_refs: false }
        }
        _ => return None,
    })
}

/// The functions that allocate, copy or compare memory.
fn memory_function(machine: Machine, context: &mut Context<'_>, name: &str) -> Option<Value> {
    let argument = |context: &Context<'_>, index| machine.argument(context, index);
    if ALLOCATORS.contains(&name) {
        let size = argument(context, 0).int();
        return Some(allocate(context, size, false));
    }
    if ZERO_ALLOCATORS.contains(&name) {
        let size = match (argument(context, 0), argument(context, 1)) {
            (Value::Int(count), Value::Int(size)) => Some(count.saturating_mul(size)),
            _ => None,
        };
        return Some(allocate(context, size, true));
    }
    let (first, second, third) = (argument(context, 0), argument(context, 1), argument(context, 2));
    match name {
        "memset" | "__memset_chk" => {
            if let (Value::Int(to), Value::Int(length)) = (first, third) {
                context.words += context.memory.fill(to, second.truncate(1), length);
            }
            Some(first)
        }
        "memcpy" | "memmove" | "__memcpy_chk" | "__memmove_chk" => {
            if let (Value::Int(to), Value::Int(length)) = (first, third) {
                context.words += match second {
                    Value::Int(from) => context.memory.copy(to, from, length),
                    _ => context.memory.fill(to, Value::Unknown, length),
                };
            }
            Some(first)
        }
        "strlen" => Some(match first.int().and_then(|at| context.memory.text(at)) {
            Some(text) => {
                context.words += u32::try_from(text.len() / 8).unwrap_or(u32::MAX);
                Value::Int(text.len() as u64)
            }
            None => Value::Unknown,
        }),
        // The version of the headers against the interpreter's: the same.
        "strncmp" | "strcmp" | "memcmp" if matches!(first, Value::Object(ObjectKind::VersionText, _)) => {
            Some(Value::Int(0))
        }
        "strcmp" => {
            let (left, right) = (context.memory.text(first.int()?)?, context.memory.text(second.int()?)?);
            context.words += u32::try_from((left.len() + right.len()) / 8).unwrap_or(u32::MAX);
            Some(Value::Int(match left.cmp(&right) {
                std::cmp::Ordering::Less => u64::from(u32::MAX),
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            }))
        }
        "free" | "PyMem_Free" | "PyMem_RawFree" | "PyObject_Free" | "_ZdlPv" => Some(Value::Unknown),
        _ => None,
    }
}

fn allocate(context: &mut Context<'_>, size: Option<u64>, cleared: bool) -> Value {
    let at = context.registers.heap;
    let size = size.unwrap_or(0x1000).min(1 << 30);
    let end = at.saturating_add(size.next_multiple_of(16)).saturating_add(16);
    if end > HEAP + (1 << 36) {
        return Value::Unknown;
    }
    context.registers.heap = end;
    if cleared {
        context.words += context.memory.fill(at, Value::Int(0), size.min(MOST_BYTES));
    }
    Value::Int(at)
}
