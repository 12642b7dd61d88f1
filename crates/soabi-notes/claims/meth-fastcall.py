# /// claim
# group = "method-table"
# statement = """
# A function with `METH_FASTCALL` is given a C array and its length; no tuple is made. It came with Python
# 3.7.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                         | answer
# the header has METH_FASTCALL | True
# f()                          | ()
# f(1)                         | (1,)
# f(1, 2)                      | (1, 2)
# f(None)                      | (None,)
# f(a=1)                       | TypeError: notes_calls.fastcall() takes no keyword arguments
# '''
#
# [[expect]]
# python = "2.7"
# why = "It is not there."
# table = '''
# call                         | answer
# the header has METH_FASTCALL | False
# f()                          | -
# f(1)                         | -
# f(1, 2)                      | -
# f(None)                      | -
# f(a=1)                       | -
# '''
#
# [[expect]]
# python = "3.6"
# why = "3.6 kept it for itself, and always passed the names of the keywords too; since 3.7 that is `METH_FASTCALL | METH_KEYWORDS` (bpo-29464)."
# table = '''
# call    | answer
# f()     | ((), NULL)
# f(1)    | ((1,), NULL)
# f(1, 2) | ((1, 2), NULL)
# f(None) | ((None,), NULL)
# f(a=1)  | ((1,), ('a',))
# '''
#
# [[expect]]
# python = "3.7..3.8"
# why = "Messages name the module since 3.9 (bpo-37645)."
# table = '''
# call   | answer
# f(a=1) | TypeError: fastcall() takes no keyword arguments
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy does not name the module."
# table = '''
# call   | answer
# f(a=1) | TypeError: fastcall() takes no keyword arguments
# '''
# ///

import notes_calls

say("the header has METH_FASTCALL", hasattr(notes_calls, "fastcall"))
if hasattr(notes_calls, "fastcall"):
    each({"f": notes_calls.fastcall}, ["f()", "f(1)", "f(1, 2)", "f(None)", "f(a=1)"])
