/* `Py_BuildValue`: C values there, Python objects here; and there and back again with the same unit. */
#include "notes.h"

#include <limits.h>

/* A converter for `O&`: an int from an int that C knows the address of. */
static PyObject *from_address(void *address)
{
    return PyLong_FromLong(*(int *)address);
}

/* A pair of a call as it stands in the source, and what it gives: an object, or an exception. */
static int add(PyObject *pairs, const char *source, PyObject *value)
{
    if (value == NULL) {
        PyObject *type, *error, *traceback;
        PyErr_Fetch(&type, &error, &traceback);
        PyErr_NormalizeException(&type, &error, &traceback);
        Py_XDECREF(type);
        Py_XDECREF(traceback);
        value = error;
    }
    PyObject *pair = value == NULL ? NULL : Py_BuildValue("sN", source, value);
    int failed = pair == NULL || PyList_Append(pairs, pair) < 0;
    Py_XDECREF(pair);
    return failed;
}

#define BUILD(...) failed = failed || add(pairs, #__VA_ARGS__, Py_BuildValue(__VA_ARGS__));

static PyObject *built(int group)
{
    static int forty_two = 42;
    Py_complex z = {1, -2};
    int failed = 0;
    PyObject *pairs = PyList_New(0);
    if (pairs == NULL)
        return NULL;
    if (group == 0) {
        BUILD("b", 255)
        BUILD("B", 255)
        BUILD("h", -32768)
        BUILD("H", 65535)
        BUILD("i", INT_MIN)
        BUILD("I", UINT_MAX)
        BUILD("l", LONG_MIN)
        BUILD("k", ULONG_MAX)
        BUILD("L", LLONG_MIN)
        BUILD("K", ULLONG_MAX)
        BUILD("n", (Py_ssize_t)-1)
        BUILD("c", 'A')
        BUILD("C", 0x20ac)
        BUILD("f", 0.5)
        BUILD("d", 1e308)
        BUILD("D", &z)
        BUILD("p", 3)
    } else if (group == 1) {
        BUILD("s", "caf\xc3\xa9")
        BUILD("s", "\xff")
        BUILD("s", NULL)
        BUILD("s#", "a\0b", (Py_ssize_t)3)
        BUILD("z", "abc")
        BUILD("z", NULL)
        BUILD("z#", "a\0b", (Py_ssize_t)3)
        BUILD("y", "\xff")
        BUILD("y", NULL)
        BUILD("y#", "a\0b", (Py_ssize_t)3)
        BUILD("U", "caf\xc3\xa9")
        BUILD("U#", "a\0b", (Py_ssize_t)3)
#if PY_MAJOR_VERSION >= 3
        BUILD("u", L"caf\u00e9")
        BUILD("u#", L"a\0b", (Py_ssize_t)3)
#endif
    } else {
        BUILD("")
        BUILD("i", 1)
        BUILD("ii", 1, 2)
        BUILD("()")
        BUILD("(i)", 1)
        BUILD("[i,i]", 1, 2)
        BUILD("{s:i}", "a", 1)
        BUILD("((ii)[i]{})", 1, 2, 3)
        BUILD("O", Py_None)
        BUILD("O", NULL)
        BUILD("S", Py_None)
        BUILD("N", PyLong_FromLong(1))
        BUILD("O&", from_address, &forty_two)
        BUILD("(i", 1)
        BUILD("?", 1)
    }
    if (failed)
        Py_CLEAR(pairs);
    return pairs;
}

static PyObject *values(PyObject *self, PyObject *args)
{
    int group;
    (void)self;
    return PyArg_ParseTuple(args, "i", &group) ? built(group) : NULL;
}

#define RETURN(UNIT, TYPE, BACK)                                                     \
    if (strcmp(unit, UNIT) == 0) {                                                   \
        TYPE value;                                                                  \
        return PyArg_ParseTuple(rest, UNIT, &value) ? Py_BuildValue(UNIT, BACK) : NULL; \
    }

static PyObject *there_and_back(const char *unit, PyObject *rest)
{
    RETURN("b", unsigned char, value)
    RETURN("B", unsigned char, value)
    RETURN("h", short, value)
    RETURN("H", unsigned short, value)
    RETURN("i", int, value)
    RETURN("I", unsigned int, value)
    RETURN("l", long, value)
    RETURN("k", unsigned long, value)
    RETURN("L", long long, value)
    RETURN("K", unsigned long long, value)
    RETURN("n", Py_ssize_t, value)
    RETURN("c", char, value)
    RETURN("C", int, value)
    RETURN("f", float, value)
    RETURN("d", double, value)
    RETURN("D", Py_complex, &value)
    RETURN("p", int, value)
    RETURN("s", const char *, value)
    RETURN("z", const char *, value)
    RETURN("y", const char *, value)
    RETURN("S", PyObject *, value)
    RETURN("O", PyObject *, value)
    PyErr_Format(PyExc_LookupError, "no unit %s", unit);
    return NULL;
}

/* round_trip(unit, object): parsed into a C variable, and built again from it. */
static PyObject *round_trip(PyObject *self, PyObject *args)
{
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_Size(args));
    PyObject *first = PyTuple_GetSlice(args, 0, 1);
    const char *unit;
    PyObject *back = NULL;
    (void)self;
    if (rest != NULL && first != NULL && PyArg_ParseTuple(first, "s", &unit))
        back = there_and_back(unit, rest);
    Py_XDECREF(first);
    Py_XDECREF(rest);
    return back;
}

static PyMethodDef methods[] = {
    {"values", values, METH_VARARGS, NULL},
    {"round_trip", round_trip, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

NOTES_MODULE(notes_build, methods, notes_nothing_more)
