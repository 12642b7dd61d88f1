# /// claim
# group = "conversions"
# statement = """
# `y` takes bytes and never text. With `#` there may be NULs inside; with `*` any buffer will do.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value              | y          | y#        | y*
# b'abc'             | b'abc'     | b'abc'    | b'abc'
# b'\xff'            | b'\xff'    | b'\xff'   | b'\xff'
# b'a\0b'            | ValueError | b'a\x00b' | b'a\x00b'
# b''                | b''        | b''       | b''
# bytearray(b'abc')  | TypeError  | TypeError | b'abc'
# memoryview(b'abc') | TypeError  | TypeError | b'abc'
# u'abc'             | TypeError  | TypeError | TypeError
# None               | TypeError  | TypeError | TypeError
# 1                  | TypeError  | TypeError | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`y` came with Python 3.0."
# table = '''
# value              | y         | y#        | y*
# b'abc'             | TypeError | TypeError | TypeError
# b'\xff'            | TypeError | TypeError | TypeError
# b'a\0b'            | TypeError | TypeError | TypeError
# b''                | TypeError | TypeError | TypeError
# bytearray(b'abc')  |           |           | TypeError
# memoryview(b'abc') |           |           | TypeError
# '''
# ///

from notes_parse import parse

grid(parse, [
    "b'abc'", "b'\\xff'", "b'a\\0b'", "b''", "bytearray(b'abc')", "memoryview(b'abc')", "u'abc'", "None", "1",
], ["y", "y#", "y*"])
