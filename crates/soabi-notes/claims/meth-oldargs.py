# /// claim
# group = "method-table"
# statement = """
# `METH_OLDARGS`, which is 0, is the convention of Python 2: NULL, the argument, or a tuple of them, so that
# `f((1, 2))` and `f(1, 2)` are the same. Python 3 has no such flag.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                        | answer
# the header has METH_OLDARGS | False
# f()                         | -
# f(1)                        | -
# f(1, 2)                     | -
# f(None)                     | -
# f(a=1)                      | -
# '''
#
# [[expect]]
# python = "2.7"
# why = "It is there."
# table = '''
# call                        | answer
# the header has METH_OLDARGS | True
# f()                         | NULL
# f(1)                        | 1
# f(1, 2)                     | (1, 2)
# f(None)                     | None
# f(a=1)                      | TypeError: oldargs() takes no keyword arguments
# '''
# ///

import notes_calls

say("the header has METH_OLDARGS", hasattr(notes_calls, "oldargs"))
if hasattr(notes_calls, "oldargs"):
    each({"f": notes_calls.oldargs}, ["f()", "f(1)", "f(1, 2)", "f(None)", "f(a=1)"])
