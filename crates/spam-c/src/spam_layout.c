/* spam for Python 3 with a second function, which reads values through the
 * macros of the headers. They are compiled to offsets into the object; the
 * functions of the same meaning are the interpreter's own.
 */

#include <Python.h>

/* values(tuple, list, str, float) -> what the macros find in them. The sizes
 * come first: where they are wrong already, no item is looked at. */
static PyObject *
spam_values(PyObject *self, PyObject *args)
{
    PyObject *tuple, *list, *str, *real;

    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!O!O!", &PyTuple_Type, &tuple, &PyList_Type, &list,
                          &PyUnicode_Type, &str, &PyFloat_Type, &real)) {
        return NULL;
    }
    if (Py_SIZE(tuple) != PyTuple_Size(tuple) || Py_SIZE(list) != PyList_Size(list)) {
        return Py_BuildValue("nn", (Py_ssize_t)Py_SIZE(tuple), (Py_ssize_t)Py_SIZE(list));
    }
    return Py_BuildValue("OOId", PyTuple_GET_ITEM(tuple, 0), PyList_GET_ITEM(list, 0),
                         (unsigned int)PyUnicode_READ_CHAR(str, 0), PyFloat_AS_DOUBLE(real));
}

PyDoc_STRVAR(values_doc,
"values(tuple, list, str, float, /)\n"
"--\n"
"\n"
"Return the first item of each sequence and the value of the number.");

#define SPAM_MORE_METHODS {"values", spam_values, METH_VARARGS, values_doc},

#include "spam.h"

static struct PyModuleDef spam_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spam",
    .m_doc = spam_doc,
    .m_size = -1,
    .m_methods = spam_methods,
};

PyMODINIT_FUNC
PyInit_spam(void)
{
    return PyModule_Create(&spam_module);
}
