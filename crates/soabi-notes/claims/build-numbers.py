# /// claim
# group = "conversions"
# statement = """
# `Py_BuildValue` makes Python objects of C values: numbers.
# """
# specimens = ["notes_build"]
#
# [[expect]]
# table = '''
# Py_BuildValue       | answer
# "b", 255            | 255
# "B", 255            | 255
# "h", -32768         | -32768
# "H", 65535          | 65535
# "i", INT_MIN        | -2147483648
# "I", UINT_MAX       | 4294967295
# "l", LONG_MIN       | -9223372036854775808
# "k", ULONG_MAX      | 18446744073709551615
# "L", LLONG_MIN      | -9223372036854775808
# "K", ULLONG_MAX     | 18446744073709551615
# "n", (Py_ssize_t)-1 | -1
# "c", 'A'            | b'A'
# "C", 0x20ac         | '\u20ac'
# "f", 0.5            | 0.5
# "d", 1e308          | 1e+308
# "D", &z             | (1-2j)
# "p", 3              | True
# '''
#
# [[expect]]
# python = "2.7"
# why = "`C` came with Python 3.0."
# table = '''
# Py_BuildValue | answer
# "C", 0x20ac   | SystemError
# '''
#
# [[expect]]
# python = "..3.13"
# why = "`p` came with Python 3.14."
# table = '''
# Py_BuildValue | answer
# "p", 3        | SystemError
# '''
# ///

from notes_build import values

for source, value in values(0):
    say(source, show(value))
