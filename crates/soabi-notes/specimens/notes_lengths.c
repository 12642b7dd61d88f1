/* The length behind `s#`, through both doors: PyArg_ParseTuple, which is what is called without PY_SSIZE_T_CLEAN, and
 * _PyArg_ParseTuple_SizeT, which is what the macro makes of it.
 *
 * Old binaries keep calling the door that their headers had. So both are called here, whatever the headers say.
 */
#define NOTES_WITHOUT_SSIZE_T_CLEAN
#include "notes.h"

#include <stdint.h>

#undef PyArg_ParseTuple
#ifdef PYPY_VERSION
#define PyArg_ParseTuple PyPyArg_ParseTuple
#define _PyArg_ParseTuple_SizeT _PyPyArg_ParseTuple_SizeT
#endif
extern int PyArg_ParseTuple(PyObject *, const char *, ...);
extern int _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);

typedef int (*Door)(PyObject *, const char *, ...);

/* How many of eight bytes were written, and the length that a variable of that size holds. */
static PyObject *arrived(Door parse, PyObject *args)
{
    const char *text;
    union {
        int64_t wide;
        int32_t narrow[2];
    } length = {0x5a5a5a5a5a5a5a5a};
    if (!parse(args, "s#", &text, &length))
        return NULL;
    int written = length.narrow[1] == 0x5a5a5a5a ? 4 : 8;
    return Py_BuildValue("iL", written, written == 8 ? (long long)length.wide : (long long)length.narrow[0]);
}

static PyObject *unclean(PyObject *self, PyObject *args)
{
    (void)self;
    return arrived(PyArg_ParseTuple, args);
}

static PyObject *clean(PyObject *self, PyObject *args)
{
    (void)self;
    return arrived(_PyArg_ParseTuple_SizeT, args);
}

static PyMethodDef methods[] = {
    {"unclean", unclean, METH_VARARGS, NULL},
    {"clean", clean, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

NOTES_MODULE(notes_lengths, methods, notes_nothing_more)
