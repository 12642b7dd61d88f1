# /// claim
# group = "method-table"
# statement = """
# A function with `METH_O` is given its one argument as it is, without a tuple around it. Any other number of
# arguments is refused before it is called.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call      | answer
# f()       | TypeError: notes_calls.o() takes exactly one argument (0 given)
# f(1)      | 1
# f(1, 2)   | TypeError: notes_calls.o() takes exactly one argument (2 given)
# f((1, 2)) | (1, 2)
# f(None)   | None
# f(a=1)    | TypeError: notes_calls.o() takes no keyword arguments
# '''
#
# [[expect]]
# python = "..3.8"
# why = "Messages name the module since 3.9 (bpo-37645)."
# table = '''
# call    | answer
# f()     | TypeError: o() takes exactly one argument (0 given)
# f(1, 2) | TypeError: o() takes exactly one argument (2 given)
# f(a=1)  | TypeError: o() takes no keyword arguments
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy does not name the module."
# table = '''
# call    | answer
# f()     | TypeError: o() takes exactly one argument (0 given)
# f(1, 2) | TypeError: o() takes exactly one argument (2 given)
# f(a=1)  | TypeError: o() takes no keyword arguments
# '''
# ///

from notes_calls import o

each({"f": o}, ["f()", "f(1)", "f(1, 2)", "f((1, 2))", "f(None)", "f(a=1)"])
