/* spam for Python 3.5 and later, multi-phase initialization (PEP 489):
 * PyInit_spam() returns the definition, and the interpreter creates the module
 * and executes its slots.
 *
 * With Py_LIMITED_API this file is also the abi3 specimen: multi-phase is in
 * the limited API since 3.5, below every floor that is built here, and it is
 * what today's generators of abi3 modules emit.
 */

#include "spam.h"

/* There is nothing to execute. The slot is here because its number is part of
 * the file: an interpreter refuses a module with a number that it does not know.
 */
static int
spam_exec(PyObject *module)
{
    (void)module;
    return 0;
}

static PyModuleDef_Slot spam_slots[] = {
    {Py_mod_exec, spam_exec},
#ifdef SPAM_SLOTS
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
#endif
    {0, NULL},  /* sentinel */
};

static struct PyModuleDef spam_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spam",
    .m_doc = spam_doc,
    .m_size = 0,
    .m_methods = spam_methods,
    .m_slots = spam_slots,
};

PyMODINIT_FUNC
PyInit_spam(void)
{
    return PyModuleDef_Init(&spam_module);
}
