/* spam for Python 2: initspam() creates the module itself and returns nothing.
 *
 * Py_InitModule3 is Py_InitModule with a docstring. Both are macros for
 * Py_InitModule4, which 64-bit headers rename to Py_InitModule4_64 so that a
 * module built with a 32-bit Py_ssize_t cannot bind to it.
 */

#include "spam.h"

PyMODINIT_FUNC
initspam(void)
{
    (void)Py_InitModule3("spam", spam_methods, spam_doc);
}
