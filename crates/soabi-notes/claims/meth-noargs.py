# /// claim
# group = "method-table"
# statement = """
# A function with `METH_NOARGS` takes none, and its second parameter is NULL.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call    | answer
# f()     | NULL
# f(1)    | TypeError: notes_calls.noargs() takes no arguments (1 given)
# f(1, 2) | TypeError: notes_calls.noargs() takes no arguments (2 given)
# f(None) | TypeError: notes_calls.noargs() takes no arguments (1 given)
# f(a=1)  | TypeError: notes_calls.noargs() takes no keyword arguments
# f(**{}) | NULL
# '''
#
# [[expect]]
# python = "..3.8"
# why = "Messages name the module since 3.9 (bpo-37645)."
# table = '''
# call    | answer
# f(1)    | TypeError: noargs() takes no arguments (1 given)
# f(1, 2) | TypeError: noargs() takes no arguments (2 given)
# f(None) | TypeError: noargs() takes no arguments (1 given)
# f(a=1)  | TypeError: noargs() takes no keyword arguments
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy does not name the module."
# table = '''
# call    | answer
# f(1)    | TypeError: noargs() takes no arguments (1 given)
# f(1, 2) | TypeError: noargs() takes no arguments (2 given)
# f(None) | TypeError: noargs() takes no arguments (1 given)
# f(a=1)  | TypeError: noargs() takes no keyword arguments
# '''
# ///

from notes_calls import noargs

each({"f": noargs}, ["f()", "f(1)", "f(1, 2)", "f(None)", "f(a=1)", "f(**{})"])
