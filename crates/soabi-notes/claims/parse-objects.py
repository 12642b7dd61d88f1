# /// claim
# group = "conversions"
# statement = """
# `O` gives the object itself, `O!` only one of a type (here float) or of a derived one, `O&` what a converter
# makes of it (here the length). `S`, `U` and `Y` are bytes, text and bytearray.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value             | O                 | O!        | O&        | S         | U         | Y
# u'abc'            | 'abc'             | TypeError | 3         | TypeError | 'abc'     | TypeError
# b'abc'            | b'abc'            | TypeError | 3         | b'abc'    | TypeError | TypeError
# bytearray(b'abc') | bytearray(b'abc') | TypeError | 3         | TypeError | TypeError | bytearray(b'abc')
# 0.5               | 0.5               | 0.5       | TypeError | TypeError | TypeError | TypeError
# Derived(2)        | 2.0               | 2.0       | TypeError | TypeError | TypeError | TypeError
# 1                 | 1                 | TypeError | TypeError | TypeError | TypeError | TypeError
# [1, 2]            | [1, 2]            | TypeError | 2         | TypeError | TypeError | TypeError
# None              | None              | TypeError | TypeError | TypeError | TypeError | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`Y` came with Python 3.0."
# table = '''
# value             | Y
# bytearray(b'abc') | TypeError
# '''
# ///

from notes_parse import parse


class Derived(float):
    pass


grid(parse, [
    "u'abc'", "b'abc'", "bytearray(b'abc')", "0.5", "Derived(2)", "1", "[1, 2]", "None",
], ["O", "O!", "O&", "S", "U", "Y"], globals())
