# /// claim
# group = "method-table"
# statement = """
# With `METH_FASTCALL | METH_KEYWORDS` the values of the keywords stand in the array behind the positional
# arguments, and their names come as a tuple, NULL when there are none. It came with Python 3.7.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                                          | answer
# the header has METH_FASTCALL \| METH_KEYWORDS | True
# f()                                           | ((), NULL)
# f(1)                                          | ((1,), NULL)
# f(None)                                       | ((None,), NULL)
# f(a=1)                                        | ((1,), ('a',))
# f(1, a=2)                                     | ((1, 2), ('a',))
# f(**{})                                       | ((), NULL)
# '''
#
# [[expect]]
# python = "..3.6"
# why = "It is not there."
# table = '''
# call                                          | answer
# the header has METH_FASTCALL \| METH_KEYWORDS | False
# f()                                           | -
# f(1)                                          | -
# f(None)                                       | -
# f(a=1)                                        | -
# f(1, a=2)                                     | -
# f(**{})                                       | -
# '''
# ///

import notes_calls

say("the header has METH_FASTCALL | METH_KEYWORDS", hasattr(notes_calls, "fastcall_keywords"))
if hasattr(notes_calls, "fastcall_keywords"):
    each({"f": notes_calls.fastcall_keywords}, ["f()", "f(1)", "f(None)", "f(a=1)", "f(1, a=2)", "f(**{})"])
