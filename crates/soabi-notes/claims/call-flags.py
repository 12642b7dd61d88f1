# /// claim
# group = "method-table"
# statement = """
# Combinations of flags that are no calling convention are refused when the function is made.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# ml_flags                                  | made
# 0 (METH_OLDARGS)                          | SystemError: made() method: bad call flags
# METH_VARARGS                              | builtin_function_or_method
# METH_KEYWORDS alone                       | SystemError: made() method: bad call flags
# METH_VARARGS with METH_NOARGS             | SystemError: made() method: bad call flags
# METH_NOARGS with METH_O                   | SystemError: made() method: bad call flags
# METH_METHOD alone                         | SystemError: made() method: bad call flags
# an unknown bit, 0x1000, with METH_VARARGS | builtin_function_or_method
# '''
#
# [[expect]]
# python = "..3.7"
# why = "The flags were looked at when the function was called. Since 3.8 they choose how it is called when it is made (PEP 590)."
# table = '''
# ml_flags                      | made
# 0 (METH_OLDARGS)              | builtin_function_or_method
# METH_KEYWORDS alone           | builtin_function_or_method
# METH_VARARGS with METH_NOARGS | builtin_function_or_method
# METH_NOARGS with METH_O       | builtin_function_or_method
# METH_METHOD alone             | builtin_function_or_method
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy looks at the flags when the function is called."
# table = '''
# ml_flags                      | made
# 0 (METH_OLDARGS)              | builtin_function_or_method
# METH_KEYWORDS alone           | builtin_function_or_method
# METH_VARARGS with METH_NOARGS | builtin_function_or_method
# METH_NOARGS with METH_O       | builtin_function_or_method
# METH_METHOD alone             | SystemError: attempting to create PyCMethod with a METH_METHOD flag but no class
# '''
# ///

from notes_calls import with_flags

for name, flags in [
    ("0 (METH_OLDARGS)", 0x0),
    ("METH_VARARGS", 0x1),
    ("METH_KEYWORDS alone", 0x2),
    ("METH_VARARGS with METH_NOARGS", 0x5),
    ("METH_NOARGS with METH_O", 0xC),
    ("METH_METHOD alone", 0x200),
    ("an unknown bit, 0x1000, with METH_VARARGS", 0x1001),
]:
    made = attempt(lambda: type(with_flags(flags)))
    say(name, "made", made)
    # A combination that is let through is not called: what it would do then, nobody has said.
