/* One function for every calling convention. Each returns what arrived in C, so that Python can look at it. */
#include "notes.h"

static PyObject *takes_varargs(PyObject *self, PyObject *args)
{
    (void)self;
    return notes_given(args);
}

static PyObject *takes_keywords(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)self;
    PyObject *given = notes_given(keywords);
    PyObject *both = PyTuple_Pack(2, args, given);
    Py_DECREF(given);
    return both;
}

/* METH_NOARGS and METH_O alike: one argument arrives, which for METH_NOARGS is NULL. */
static PyObject *takes_one(PyObject *self, PyObject *arg)
{
    (void)self;
    return notes_given(arg);
}

#ifdef METH_FASTCALL
static PyObject *as_tuple(PyObject *const *args, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t at = 0; tuple != NULL && at < count; at++) {
        Py_INCREF(args[at]);
        PyTuple_SetItem(tuple, at, args[at]);
    }
    return tuple;
}

/* The values of the keywords stand behind the positional arguments, which `count` does not count. */
static PyObject *with_keywords(PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *all = as_tuple(args, count + (names == NULL ? 0 : PyTuple_Size(names)));
    PyObject *given = notes_given(names);
    PyObject *both = all == NULL ? NULL : PyTuple_Pack(2, all, given);
    Py_DECREF(given);
    Py_XDECREF(all);
    return both;
}

#if PY_VERSION_HEX < 0x03070000
/* 3.6 had it as its own secret, with the names of the keywords as an argument always. */
static PyObject *takes_fastcall(PyObject *self, PyObject **args, Py_ssize_t count, PyObject *names)
{
    (void)self;
    return with_keywords(args, count, names);
}
#else
static PyObject *takes_fastcall(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    (void)self;
    return as_tuple(args, count);
}

static PyObject *takes_fastcall_keywords(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                         PyObject *names)
{
    (void)self;
    return with_keywords(args, count, names);
}
#endif
#endif

#ifdef METH_METHOD
static PyObject *takes_method(PyObject *self, PyTypeObject *defining, PyObject *const *args, Py_ssize_t count,
                              PyObject *names)
{
    (void)self;
    PyObject *arrived = with_keywords(args, count, names);
    PyObject *both = arrived == NULL ? NULL : PyTuple_Pack(2, (PyObject *)defining, arrived);
    Py_XDECREF(arrived);
    return both;
}
#endif

/* What the first argument is: the class for METH_CLASS, NULL for METH_STATIC, the object without either. */
static PyObject *takes_self(PyObject *self, PyObject *args)
{
    PyObject *given = notes_given(self);
    PyObject *both = PyTuple_Pack(2, given, args);
    Py_DECREF(given);
    return both;
}

static int contains_slot(PyObject *self, PyObject *key)
{
    (void)self;
    (void)key;
    return 0;
}

static PyObject *contains_method(PyObject *self, PyObject *key)
{
    (void)self;
    (void)key;
    Py_RETURN_TRUE;
}

static PyMethodDef thing_methods[] = {
    {"of_object", takes_self, METH_VARARGS, NULL},
    {"of_class", takes_self, METH_VARARGS | METH_CLASS, NULL},
    {"of_nothing", takes_self, METH_VARARGS | METH_STATIC, NULL},
    {"__contains__", contains_method, METH_O | METH_COEXIST, NULL},
#ifdef METH_METHOD
    {"of_defining", (PyCFunction)(void (*)(void))takes_method, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

/* The same slot, and a method of that name without METH_COEXIST. */
static PyMethodDef alone_methods[] = {
    {"__contains__", contains_method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* A function that is made with these flags, or the exception that the interpreter has for them. */
static PyObject *with_flags(PyObject *self, PyObject *args)
{
    static PyMethodDef made[16];
    static int count = 0;
    int flags;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &flags))
        return NULL;
    if (count == 16) {
        PyErr_SetString(PyExc_RuntimeError, "no room for more");
        return NULL;
    }
    made[count].ml_name = "made";
    made[count].ml_meth = takes_varargs;
    made[count].ml_flags = flags;
    return PyCFunction_New(&made[count++], NULL);
}

static PyMethodDef methods[] = {
    {"varargs", takes_varargs, METH_VARARGS, "varargs($module, *arguments)\n--\n\nReturns its arguments."},
    {"keywords", (PyCFunction)(void (*)(void))takes_keywords, METH_VARARGS | METH_KEYWORDS, "Just words."},
    {"noargs", takes_one, METH_NOARGS, NULL},
    {"o", takes_one, METH_O, ""},
#if PY_MAJOR_VERSION < 3
    {"oldargs", takes_one, METH_OLDARGS, NULL},
#endif
#ifdef METH_FASTCALL
    {"fastcall", (PyCFunction)(void (*)(void))takes_fastcall, METH_FASTCALL, NULL},
#if PY_VERSION_HEX >= 0x03070000
    {"fastcall_keywords", (PyCFunction)(void (*)(void))takes_fastcall_keywords, METH_FASTCALL | METH_KEYWORDS,
     NULL},
#endif
#endif
    {"with_flags", with_flags, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
    {"behind_the_sentinel", takes_varargs, METH_VARARGS, NULL},
};

/* A class with the slot `sq_contains`, made by the interpreter itself where it can. */
static int add_class(PyObject *module, char *name, PyMethodDef *table)
{
#if PY_MAJOR_VERSION < 3
    static PySequenceMethods sequence[2];
    static PyTypeObject types[2];
    static int count = 0;
    PyTypeObject *type = &types[count];
    sequence[count].sq_contains = contains_slot;
    Py_REFCNT(type) = 1;
    type->tp_name = name;
    type->tp_basicsize = sizeof(PyObject);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
    type->tp_new = PyType_GenericNew;
    type->tp_methods = table;
    type->tp_as_sequence = &sequence[count++];
    if (PyType_Ready(type) < 0)
        return -1;
    Py_INCREF(type);
    return PyModule_AddObject(module, strchr(name, '.') + 1, (PyObject *)type);
#else
    PyType_Slot slots[] = {{Py_tp_methods, table}, {Py_sq_contains, contains_slot}, {0, NULL}};
    PyType_Spec spec = {name, sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
#ifdef METH_METHOD
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
#else
    PyObject *type = PyType_FromSpec(&spec);
#endif
    return type == NULL ? -1 : PyModule_AddObject(module, strchr(name, '.') + 1, type);
#endif
}

static int add_classes(PyObject *module)
{
    if (add_class(module, "notes_calls.Thing", thing_methods) < 0)
        return -1;
    return add_class(module, "notes_calls.Alone", alone_methods);
}

NOTES_MODULE(notes_calls, methods, add_classes)
