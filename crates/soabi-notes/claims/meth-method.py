# /// claim
# group = "method-table"
# statement = """
# A method with `METH_METHOD | METH_FASTCALL | METH_KEYWORDS` is also given the class that defines it, which
# for an object of a derived class is not the type of the object (PEP 573). It came with Python 3.9.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                                  | answer
# the header has METH_METHOD            | True
# f()                                   | (Thing, ((), NULL))
# f(1)                                  | (Thing, ((1,), NULL))
# f(None)                               | (Thing, ((None,), NULL))
# f(a=1)                                | (Thing, ((1,), ('a',)))
# f(1), of an object of a derived class | (Thing, ((1,), NULL))
# '''
#
# [[expect]]
# python = "..3.8"
# why = "It is not there."
# table = '''
# call                                  | answer
# the header has METH_METHOD            | False
# f()                                   | -
# f(1)                                  | -
# f(None)                               | -
# f(a=1)                                | -
# f(1), of an object of a derived class | -
# '''
# ///

from notes_calls import Thing


class Derived(Thing):
    pass


say("the header has METH_METHOD", hasattr(Thing, "of_defining"))
if hasattr(Thing, "of_defining"):
    each({"f": Thing().of_defining}, ["f()", "f(1)", "f(None)", "f(a=1)"])
    say("f(1), of an object of a derived class", attempt(Derived().of_defining, 1))
