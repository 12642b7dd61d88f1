# /// claim
# group = "conversions"
# statement = """
# `s` and `z` give a pointer to UTF-8 that ends with a NUL and take text alone. With `#` or `*` they take
# bytes too, and NULs inside. `z` takes None, as NULL.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value              | s                  | s#                 | s*                 | z                  | z#                 | z*
# u'abc'             | b'abc'             | b'abc'             | b'abc'             | b'abc'             | b'abc'             | b'abc'
# u'caf\xe9'         | b'caf\xc3\xa9'     | b'caf\xc3\xa9'     | b'caf\xc3\xa9'     | b'caf\xc3\xa9'     | b'caf\xc3\xa9'     | b'caf\xc3\xa9'
# u'a\0b'            | ValueError         | b'a\x00b'          | b'a\x00b'          | ValueError         | b'a\x00b'          | b'a\x00b'
# u'\ud800'          | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError
# u''                | b''                | b''                | b''                | b''                | b''                | b''
# b'abc'             | TypeError          | b'abc'             | b'abc'             | TypeError          | b'abc'             | b'abc'
# b'\xff'            | TypeError          | b'\xff'            | b'\xff'            | TypeError          | b'\xff'            | b'\xff'
# b'a\0b'            | TypeError          | b'a\x00b'          | b'a\x00b'          | TypeError          | b'a\x00b'          | b'a\x00b'
# bytearray(b'abc')  | TypeError          | TypeError          | b'abc'             | TypeError          | TypeError          | b'abc'
# memoryview(b'abc') | TypeError          | TypeError          | b'abc'             | TypeError          | TypeError          | b'abc'
# None               | TypeError          | TypeError          | TypeError          | NULL               | NULL               | NULL
# 1                  | TypeError          | TypeError          | TypeError          | TypeError          | TypeError          | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "A str is bytes and is taken as it is, text is encoded as ASCII, and a NUL inside is a TypeError (ValueError since 3.5, bpo-22215)."
# table = '''
# value      | s                  | s#                 | s*                 | z                  | z#                 | z*
# u'caf\xe9' | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError
# u'a\0b'    | TypeError          |                    |                    | TypeError          |                    |
# b'abc'     | b'abc'             |                    |                    | b'abc'             |                    |
# b'\xff'    | b'\xff'            |                    |                    | b'\xff'            |                    |
# '''
# ///

from notes_parse import parse

grid(parse, [
    "u'abc'", "u'caf\\xe9'", "u'a\\0b'", "u'\\ud800'", "u''", "b'abc'", "b'\\xff'", "b'a\\0b'",
    "bytearray(b'abc')", "memoryview(b'abc')", "None", "1",
], ["s", "s#", "s*", "z", "z#", "z*"])
