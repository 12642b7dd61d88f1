# /// claim
# group = "conversions"
# statement = """
# `Py_BuildValue` makes nothing into None, one unit into an object, and more than one into a tuple; brackets
# make tuples, lists and dicts. `N` takes the reference over, `O` takes one of its own.
# """
# specimens = ["notes_build"]
#
# [[expect]]
# table = '''
# Py_BuildValue                  | answer
# ""                             | None
# "i", 1                         | 1
# "ii", 1, 2                     | (1, 2)
# "()"                           | ()
# "(i)", 1                       | (1,)
# "[i,i]", 1, 2                  | [1, 2]
# "{s:i}", "a", 1                | {'a': 1}
# "((ii)[i]{})", 1, 2, 3         | ((1, 2), [3], {})
# "O", Py_None                   | None
# "O", NULL                      | SystemError
# "S", Py_None                   | None
# "N", PyLong_FromLong(1)        | 1
# "O&", from_address, &forty_two | 42
# "(i", 1                        | SystemError
# "?", 1                         | SystemError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`s` makes a str, which in 2.7 is bytes."
# table = '''
# Py_BuildValue   | answer
# "{s:i}", "a", 1 | {b'a': 1}
# '''
# ///

from notes_build import values

for source, value in values(2):
    say(source, show(value))
