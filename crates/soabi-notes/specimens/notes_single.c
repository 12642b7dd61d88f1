/* Single-phase: the init function makes the module and fills it. The only way in 2.7. */
#include "notes_once.h"

#if PY_MAJOR_VERSION < 3
PyMODINIT_FUNC initnotes_single(void)
{
    inits++;
    PyObject *module = Py_InitModule("notes_single", methods);
    if (module != NULL)
        (void)fill(module);
}
#else
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "notes_single", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_notes_single(void)
{
    inits++;
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && fill(module) < 0)
        Py_CLEAR(module);
    return module;
}
#endif
