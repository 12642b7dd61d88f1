/* spam for Python 3, single-phase initialization (PEP 3121): PyInit_spam()
 * returns the finished module.
 */

#include "spam.h"

static struct PyModuleDef spam_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spam",
    .m_doc = spam_doc,
    .m_size = -1,  /* no state that a second interpreter could have of its own */
    .m_methods = spam_methods,
};

PyMODINIT_FUNC
PyInit_spam(void)
{
    return PyModule_Create(&spam_module);
}
