/* python 2.7.., not pypy */
/* A subinterpreter through the C API alone, which every version has. */
#include "notes.h"

/* in_subinterpreter(source): runs the source in a new interpreter, which ends with it. Whether it ran to its end. */
static PyObject *in_subinterpreter(PyObject *self, PyObject *args)
{
    const char *source;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &source))
        return NULL;
    PyThreadState *here = PyThreadState_Get();
    PyThreadState *there = Py_NewInterpreter();
    int failed = there == NULL || PyRun_SimpleString(source) != 0;
    if (there != NULL)
        Py_EndInterpreter(there);
    PyThreadState_Swap(here);
    return PyBool_FromLong(!failed);
}

static PyMethodDef methods[] = {
    {"in_subinterpreter", in_subinterpreter, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

NOTES_MODULE(notes_interpreters, methods, notes_nothing_more)
