/* `PyArg_ParseTuple` with one format unit, and what is then in the C variable.
 *
 * A pointer that is NULL comes back as `...`.
 */
#include "notes.h"

static PyObject *bytes(const char *text, Py_ssize_t length)
{
    return text == NULL ? notes_null() : PyBytes_FromStringAndSize(text, length);
}

static PyObject *string(const char *text)
{
    return bytes(text, text == NULL ? 0 : (Py_ssize_t)strlen(text));
}

/* The character type of `u` and `Z`, and a string of them. */
#if PY_MAJOR_VERSION < 3
#define WIDE Py_UNICODE
#else
#define WIDE wchar_t
#endif

/* Up to the first zero when `length` is negative. */
static PyObject *wide(const WIDE *text, Py_ssize_t length)
{
    if (text == NULL)
        return notes_null();
    if (length < 0)
        for (length = 0; text[length] != 0;)
            length++;
#if PY_MAJOR_VERSION < 3
    return PyUnicode_FromUnicode(text, length);
#else
    return PyUnicode_FromWideChar(text, length);
#endif
}

static PyObject *buffer(Py_buffer *view)
{
    PyObject *arrived = bytes(view->buf, view->len);
    PyBuffer_Release(view);
    return arrived;
}

/* What a converter for `O&` may be: it takes the length of things that have one. */
static int length_of(PyObject *object, void *address)
{
    *(Py_ssize_t *)address = PyObject_Length(object);
    return *(Py_ssize_t *)address >= 0;
}

/* UNIT is parsed into a VARIABLE of this TYPE, and ARRIVED is the expression that shows it. */
#define UNIT(NAME, TYPE, ARRIVED)                                \
    if (strcmp(unit, NAME) == 0) {                               \
        TYPE value;                                              \
        memset(&value, 0x5a, sizeof value);                      \
        return PyArg_ParseTuple(rest, NAME, &value) ? (ARRIVED) : NULL; \
    }
/* The same for a unit with a length behind it. */
#define SIZED(NAME, TYPE, ARRIVED)                               \
    if (strcmp(unit, NAME) == 0) {                               \
        TYPE value = NULL;                                       \
        Py_ssize_t length = 0;                                   \
        return PyArg_ParseTuple(rest, NAME, &value, &length) ? (ARRIVED) : NULL; \
    }

static PyObject *parse_numbers(const char *unit, PyObject *rest)
{
    UNIT("b", unsigned char, PyLong_FromLong(value))
    UNIT("B", unsigned char, PyLong_FromLong(value))
    UNIT("h", short, PyLong_FromLong(value))
    UNIT("H", unsigned short, PyLong_FromLong(value))
    UNIT("i", int, PyLong_FromLong(value))
    UNIT("I", unsigned int, PyLong_FromUnsignedLong(value))
    UNIT("l", long, PyLong_FromLong(value))
    UNIT("k", unsigned long, PyLong_FromUnsignedLong(value))
    UNIT("L", long long, PyLong_FromLongLong(value))
    UNIT("K", unsigned long long, PyLong_FromUnsignedLongLong(value))
    UNIT("n", Py_ssize_t, PyLong_FromSsize_t(value))
    UNIT("c", char, PyLong_FromLong((unsigned char)value))
    UNIT("f", float, PyFloat_FromDouble(value))
    UNIT("d", double, PyFloat_FromDouble(value))
    UNIT("D", Py_complex, PyComplex_FromCComplex(value))
    UNIT("p", int, PyLong_FromLong(value))
    UNIT("C", int, PyLong_FromLong(value))
    PyErr_Format(PyExc_LookupError, "no unit %s", unit);
    return NULL;
}

static PyObject *parse_objects(const char *unit, PyObject *rest)
{
    UNIT("O", PyObject *, notes_given(value))
    UNIT("S", PyObject *, notes_given(value))
    UNIT("U", PyObject *, notes_given(value))
    UNIT("Y", PyObject *, notes_given(value))
    if (strcmp(unit, "O!") == 0) {
        PyObject *value = NULL;
        return PyArg_ParseTuple(rest, "O!", &PyFloat_Type, &value) ? notes_given(value) : NULL;
    }
    if (strcmp(unit, "O&") == 0) {
        Py_ssize_t value = 0;
        return PyArg_ParseTuple(rest, "O&", length_of, &value) ? PyLong_FromSsize_t(value) : NULL;
    }
    return parse_numbers(unit, rest);
}

/* `es` and its family encode into memory that the caller frees. */
static PyObject *parse_encoded(const char *unit, PyObject *rest)
{
    char *text = NULL;
    int is_sized = unit[2] == '#';
    char room[4];
    Py_ssize_t length = sizeof room;
    int done;
    if (is_sized)
        done = PyArg_ParseTuple(rest, unit, "latin-1", &text, &length);
    else
        done = PyArg_ParseTuple(rest, unit, "latin-1", &text);
    PyObject *arrived = !done ? NULL : is_sized ? bytes(text, length) : string(text);
    PyMem_Free(text);
    return arrived;
}

static PyObject *parse_strings(const char *unit, PyObject *rest)
{
    UNIT("s", const char *, string(value))
    UNIT("z", const char *, string(value))
    UNIT("y", const char *, string(value))
    UNIT("s*", Py_buffer, buffer(&value))
    UNIT("z*", Py_buffer, buffer(&value))
    UNIT("y*", Py_buffer, buffer(&value))
    UNIT("w*", Py_buffer, buffer(&value))
    UNIT("w", char *, string(value))
    SIZED("s#", const char *, bytes(value, length))
    SIZED("z#", const char *, bytes(value, length))
    SIZED("y#", const char *, bytes(value, length))
    SIZED("t#", const char *, bytes(value, length))
    SIZED("w#", char *, bytes(value, length))
    UNIT("u", const WIDE *, wide(value, -1))
    UNIT("Z", const WIDE *, wide(value, -1))
    SIZED("u#", const WIDE *, wide(value, length))
    SIZED("Z#", const WIDE *, wide(value, length))
    return parse_objects(unit, rest);
}

/* parse(unit, object): what is in the C variable. */
static PyObject *parse(PyObject *self, PyObject *args)
{
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_Size(args));
    PyObject *first = PyTuple_GetSlice(args, 0, 1);
    const char *unit;
    PyObject *arrived = NULL;
    (void)self;
    if (rest != NULL && first != NULL && PyArg_ParseTuple(first, "s", &unit))
        arrived = unit[0] == 'e' ? parse_encoded(unit, rest) : parse_strings(unit, rest);
    Py_XDECREF(first);
    Py_XDECREF(rest);
    return arrived;
}

/* parse_format(format, ...): formats of more than one unit, all of them of `int`, which are -1 before. */
static PyObject *parse_format(PyObject *self, PyObject *args)
{
    static const char *known[] = {"", "i", "ii", "i|i", "|ii", "(ii)i", "ii:name", "ii;message", "i|", "|i|i"};
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_Size(args));
    PyObject *first = PyTuple_GetSlice(args, 0, 1);
    const char *format;
    int a = -1, b = -1, c = -1, done = 0;
    (void)self;
    if (rest != NULL && first != NULL && PyArg_ParseTuple(first, "s", &format)) {
        for (size_t at = 0; at < sizeof known / sizeof *known; at++)
            if (strcmp(format, known[at]) == 0)
                done = PyArg_ParseTuple(rest, known[at], &a, &b, &c);
    }
    Py_XDECREF(first);
    Py_XDECREF(rest);
    return done ? Py_BuildValue("iii", a, b, c) : NULL;
}

/* parse_keywords(format, arguments, keywords), for formats of three ints with the names a, b and c. */
static PyObject *parse_keywords(PyObject *self, PyObject *args)
{
    static char *names[] = {"a", "b", "c", NULL};
    static char *unnamed_first[] = {"", "b", "c", NULL};
    const char *format;
    PyObject *given, *keywords;
    int is_unnamed, a = -1, b = -1, c = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO!O!i", &format, &PyTuple_Type, &given, &PyDict_Type, &keywords, &is_unnamed))
        return NULL;
    char **list = is_unnamed ? unnamed_first : names;
    if (!PyArg_ParseTupleAndKeywords(given, keywords, format, list, &a, &b, &c))
        return NULL;
    return Py_BuildValue("iii", a, b, c);
}

static PyMethodDef methods[] = {
    {"parse", parse, METH_VARARGS, NULL},
    {"parse_format", parse_format, METH_VARARGS, NULL},
    {"parse_keywords", parse_keywords, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

NOTES_MODULE(notes_parse, methods, notes_nothing_more)
