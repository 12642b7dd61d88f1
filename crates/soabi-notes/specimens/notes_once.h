/* A module that counts how often it is made. The counters are C's own, so that nothing resets them. */
#ifndef NOTES_ONCE_H
#define NOTES_ONCE_H

#include <Python.h>

/* Calls of the init function (or of the export hook), and of the function that fills a module. */
static int inits, execs;

static PyObject *counts(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    return Py_BuildValue("ii", inits, execs);
}

static PyMethodDef methods[] = {
    {"counts", counts, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* A name that the module sets, so that a reload can be seen to set it again. */
static int fill(PyObject *module)
{
    execs++;
    return PyModule_AddIntConstant(module, "value", 1);
}

#endif
