# /// claim
# group = "method-table"
# statement = """
# A function with `METH_VARARGS` is given its positional arguments as one tuple, whatever their number.
# Keywords are refused before it is called; an empty `**{}` is no keyword.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call    | answer
# f()     | ()
# f(1)    | (1,)
# f(1, 2) | (1, 2)
# f(None) | (None,)
# f(a=1)  | TypeError: varargs() takes no keyword arguments
# f(**{}) | ()
# '''
# ///

from notes_calls import varargs

each({"f": varargs}, ["f()", "f(1)", "f(1, 2)", "f(None)", "f(a=1)", "f(**{})"])
