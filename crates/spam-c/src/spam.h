/* spam: the part that is the same in every era.
 *
 * A module is a function and the table that lists it. How the table becomes a
 * module is what the eras differ in; each has its own file beside this one.
 *
 * No format string here has a "#", so PY_SSIZE_T_CLEAN would change nothing
 * but the names of the two functions that the file imports.
 */

#include <Python.h>
#include <stdlib.h>

PyDoc_STRVAR(spam_doc, "Run commands in the system's shell.");

PyDoc_STRVAR(system_doc,
"system(command, /)\n"
"--\n"
"\n"
"Execute a shell command and return its status.");

static PyObject *
spam_system(PyObject *self, PyObject *args)
{
    const char *command;
    int status;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &command)) {
        return NULL;
    }
    status = system(command);
    return Py_BuildValue("i", status);
}

static PyMethodDef spam_methods[] = {
    {"system", spam_system, METH_VARARGS, system_doc},
#ifdef SPAM_MORE_METHODS
    SPAM_MORE_METHODS
#endif
    {NULL, NULL, 0, NULL},  /* sentinel */
};
