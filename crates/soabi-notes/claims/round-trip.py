# /// claim
# group = "conversions"
# statement = """
# What `PyArg_ParseTuple` takes with a unit, `Py_BuildValue` gives back with the same unit.
# """
# specimens = ["notes_build"]
#
# [[expect]]
# table = '''
# unit, value   | answer
# b, 255        | the same
# B, 255        | the same
# h, -2**15     | the same
# H, 2**16 - 1  | the same
# i, -2**31     | the same
# I, 2**32 - 1  | the same
# l, -2**63     | the same
# k, 2**64 - 1  | the same
# L, -2**63     | the same
# K, 2**64 - 1  | the same
# n, -2**63     | the same
# c, b'A'       | the same
# C, u'\u20ac'  | the same
# f, 0.5        | the same
# f, 0.1        | 0.10000000149011612
# d, 0.1        | the same
# D, 1 - 2j     | the same
# p, True       | the same
# s, u'caf\xe9' | the same
# s, b'abc'     | TypeError
# z, None       | the same
# z, u'abc'     | the same
# y, b'abc'     | the same
# S, b'abc'     | the same
# O, None       | the same
# '''
#
# [[expect]]
# python = "2.7"
# why = "A str is bytes, and text is encoded as ASCII; a long that fits comes back as an int; `y` and `p` are not there."
# table = '''
# unit, value   | answer
# l, -2**63     | -9223372036854775808
# n, -2**63     | -9223372036854775808
# C, u'\u20ac'  | TypeError
# p, True       | TypeError
# s, u'caf\xe9' | UnicodeEncodeError
# s, b'abc'     | the same
# z, u'abc'     | b'abc'
# y, b'abc'     | TypeError
# '''
#
# [[expect]]
# python = "3.6..3.13"
# why = "`Py_BuildValue` has `p` since 3.14."
# table = '''
# unit, value | answer
# p, True     | SystemError
# '''
# ///

from notes_build import round_trip

for unit, row in [
    ("b", "255"), ("B", "255"), ("h", "-2**15"), ("H", "2**16 - 1"), ("i", "-2**31"), ("I", "2**32 - 1"), ("l", "-2**63"),
    ("k", "2**64 - 1"), ("L", "-2**63"), ("K", "2**64 - 1"), ("n", "-2**63"), ("c", "b'A'"), ("C", "u'\\u20ac'"),
    ("f", "0.5"), ("f", "0.1"), ("d", "0.1"), ("D", "1 - 2j"), ("p", "True"), ("s", "u'caf\\xe9'"), ("s", "b'abc'"),
    ("z", "None"), ("z", "u'abc'"), ("y", "b'abc'"), ("S", "b'abc'"), ("O", "None"),
]:
    value = eval(row)
    back = []
    answer = kind(lambda: back.append(round_trip(unit, value)))
    if back:
        same = back[0] == value and type(back[0]) is type(value)
        answer = "the same" if same else show(back[0])
    say(unit + ", " + row, answer)
