/* What the specimens have in common: one way to say "this is my table of methods" in every Python.
 *
 * Modules are defined in the way that each version likes best, because how they are defined is not what they are
 * about. Those that are about it (notes_single.c, notes_multi.c, notes_export.c) do without this.
 */
#ifndef NOTES_H
#define NOTES_H

#ifndef NOTES_WITHOUT_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>

/* A NULL pointer that came to C, as Python sees it: an object that nobody passes by accident. */
static inline PyObject *notes_null(void)
{
    Py_INCREF(Py_Ellipsis);
    return Py_Ellipsis;
}

/* A borrowed object that may be NULL, as a new reference. */
static inline PyObject *notes_given(PyObject *object)
{
    if (object == NULL)
        return notes_null();
    Py_INCREF(object);
    return object;
}

/* EXEC is given the new module and returns 0, or -1 with an exception. */
#if PY_MAJOR_VERSION < 3
#define NOTES_MODULE(NAME, METHODS, EXEC)              \
    PyMODINIT_FUNC init##NAME(void)                    \
    {                                                  \
        PyObject *module = Py_InitModule(#NAME, METHODS); \
        if (module != NULL)                            \
            (void)EXEC(module);                        \
    }
#else
#ifdef Py_mod_gil
#define NOTES_GIL {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#else
#define NOTES_GIL
#endif
#define NOTES_MODULE(NAME, METHODS, EXEC)                                     \
    static PyModuleDef_Slot notes_slots[] = {                                 \
        {Py_mod_exec, (void *)EXEC}, NOTES_GIL {0, NULL}};                    \
    static struct PyModuleDef notes_definition = {                            \
        PyModuleDef_HEAD_INIT, #NAME, NULL, 0, METHODS, notes_slots, NULL, NULL, NULL}; \
    PyMODINIT_FUNC PyInit_##NAME(void)                                        \
    {                                                                         \
        return PyModuleDef_Init(&notes_definition);                           \
    }
#endif

static inline int notes_nothing_more(PyObject *module)
{
    (void)module;
    return 0;
}

#endif
