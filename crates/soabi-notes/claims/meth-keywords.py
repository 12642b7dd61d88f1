# /// claim
# group = "method-table"
# statement = """
# A function with `METH_VARARGS | METH_KEYWORDS` is given a tuple and a dict. The dict is NULL when there was
# no keyword, and need not hold names that are identifiers.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                   | answer
# f()                    | ((), NULL)
# f(1)                   | ((1,), NULL)
# f(None)                | ((None,), NULL)
# f(a=1)                 | ((), {'a': 1})
# f(1, a=2)              | ((1,), {'a': 2})
# f(**{})                | ((), {})
# f(1, **{'no name': 2}) | ((1,), {'no name': 2})
# '''
#
# [[expect]]
# python = "2.7"
# why = "The names of keywords are str, which in 2.7 is bytes."
# table = '''
# call                   | answer
# f(a=1)                 | ((), {b'a': 1})
# f(1, a=2)              | ((1,), {b'a': 2})
# f(1, **{'no name': 2}) | ((1,), {b'no name': 2})
# '''
# ///

from notes_calls import keywords

each({"f": keywords}, ["f()", "f(1)", "f(None)", "f(a=1)", "f(1, a=2)", "f(**{})", "f(1, **{'no name': 2})"])
