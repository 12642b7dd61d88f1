/* spam for Python 3.15 and later, the export hook (PEP 793): PyModExport_spam()
 * returns slots that say everything that PyModuleDef used to say.
 *
 * With Py_TARGET_ABI3T this file is also the abi3t specimen (PEP 803).
 */

#include "spam.h"

static int
spam_exec(PyObject *module)
{
    (void)module;
    return 0;
}

/* What the file was built for: the interpreter refuses it where that is not
 * good. */
PyABIInfo_VAR(spam_abi);

static PySlot spam_slots[] = {
    PySlot_STATIC_DATA(Py_mod_abi, &spam_abi),
    PySlot_STATIC_DATA(Py_mod_name, "spam"),
    PySlot_STATIC_DATA(Py_mod_doc, (void *)spam_doc),
    PySlot_STATIC_DATA(Py_mod_methods, spam_methods),
    PySlot_FUNC(Py_mod_exec, spam_exec),
    PySlot_DATA(Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED),
    PySlot_DATA(Py_mod_gil, Py_MOD_GIL_NOT_USED),
    PySlot_END,
};

PyMODEXPORT_FUNC
PyModExport_spam(void)
{
    return spam_slots;
}
