/* python 3.5.. */
/* Multi-phase (PEP 489): the init function returns the definition; the interpreter makes modules from it. */
#include "notes_once.h"

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)fill},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "notes_multi", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_notes_multi(void)
{
    inits++;
    return PyModuleDef_Init(&definition);
}
