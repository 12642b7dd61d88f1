/* A module to be compiled by hand, with and without each of the flags. It takes the address of data of Python's
 * (`Py_None`), as most modules do: code that is no position independent code cannot.
 */
#include <Python.h>

static PyObject *nothing(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    Py_INCREF(Py_None);
    return Py_None;
}

static PyMethodDef methods[] = {
    {"nothing", nothing, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

#if PY_MAJOR_VERSION < 3
PyMODINIT_FUNC initnotes_command(void)
{
    Py_InitModule("notes_command", methods);
}
#else
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "notes_command", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_notes_command(void)
{
    return PyModule_Create(&definition);
}
#endif
