//! The groups of claims, which are the headings of the notes.

use serde::{Deserialize, Serialize};

/// A heading of the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// The method table.
    MethodTable,
    /// `PyArg_ParseTuple` and `Py_BuildValue`.
    Conversions,
    /// The first import.
    FirstImport,
    /// Reload.
    Reload,
    /// `globals()` and `locals()`.
    Namespaces,
    /// The frame of a module.
    ModuleFrame,
    /// Bytecode.
    Bytecode,
    /// The commands that compile and link.
    Commands,
}

impl Group {
    /// Every group, in the order of the notes.
    pub const ALL: [Self; 8] = [
        Self::MethodTable,
        Self::Conversions,
        Self::FirstImport,
        Self::Reload,
        Self::Namespaces,
        Self::ModuleFrame,
        Self::Bytecode,
        Self::Commands,
    ];

    /// The group's name in claims and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MethodTable => "method-table",
            Self::Conversions => "conversions",
            Self::FirstImport => "first-import",
            Self::Reload => "reload",
            Self::Namespaces => "namespaces",
            Self::ModuleFrame => "module-frame",
            Self::Bytecode => "bytecode",
            Self::Commands => "commands",
        }
    }

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::MethodTable => "The method table",
            Self::Conversions => "From Python to C and back",
            Self::FirstImport => "The first import",
            Self::Reload => "Reload",
            Self::Namespaces => "`globals()` and `locals()`",
            Self::ModuleFrame => "The frame of a module",
            Self::Bytecode => "Bytecode",
            Self::Commands => "The commands that compile and link",
        }
    }

    /// What a reader who has never written an extension has to know before the claims of the group.
    pub const fn introduction(self) -> &'static str {
        match self {
            Self::MethodTable => {
                "An extension module is a library with a table of functions. Each entry says how Python calls the \
                 function:\n\n\
                 ```c\n\
                 static PyMethodDef methods[] = {\n    \
                     {\"system\", spam_system, METH_VARARGS, \"Execute a shell command.\"},\n    \
                     {NULL, NULL, 0, NULL}, /* the sentinel */\n\
                 };\n\
                 ```\n\n\
                 The four fields are `ml_name`, `ml_meth`, `ml_flags` and `ml_doc`. The flags are the calling \
                 convention. In the tables `f` has the convention in question, and the answer is what arrives in \
                 C, or the exception that the caller gets."
            }
            Self::Conversions => {
                "`PyArg_ParseTuple(args, \"s\", &command)` turns Python objects into C variables, one for each unit of \
                 the format; `Py_BuildValue(\"i\", status)` goes the other way. In the tables a column is a unit, a \
                 row is the object that was passed, and the answer is what is then in the C variable. Text is \
                 `'abc'`, bytes are `b'abc'`, a NULL pointer is `NULL`; a warning stands behind the answer. `Index()`, `Int()`, `Float()` and \
                 `Complex()` are objects of classes with `__index__`, `__int__`, `__float__` or `__complex__` and \
                 nothing else."
            }
            Self::FirstImport => {
                "A module can be defined in three ways. Single-phase: its init function makes it. Multi-phase (3.5, \
                 PEP 489): its init function returns a description, and Python makes the module. Export hook (3.15, \
                 PEP 793): there is no init function, only a hook that returns the description. The modules here count \
                 the calls of the init function or hook (`init`), and of the function that fills a new module \
                 (`exec`)."
            }
            Self::Reload => "`reload(module)`: a builtin in Python 2, in `importlib` since 3.4.",
            Self::Namespaces => "Where names live while code runs.",
            Self::ModuleFrame => {
                "Every piece of running code has a frame; that of a script is the first of all."
            }
            Self::Bytecode => {
                "What the compiler makes of names. Only the operations on variables are shown, in their order."
            }
            Self::Commands => {
                "What becomes of the module when one of the flags is left out. The module returns `Py_None`, so that \
                 it needs the address of something in Python."
            }
        }
    }
}
