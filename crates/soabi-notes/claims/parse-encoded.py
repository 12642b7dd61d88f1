# /// claim
# group = "conversions"
# statement = """
# `es` encodes text, here as Latin-1, into memory that the caller frees; `et` leaves bytes as they are. With
# `#` the length is stored as well, and the text may contain NULs.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value             | es                 | et                 | es#                | et#
# u'abc'            | b'abc'             | b'abc'             | b'abc'             | b'abc'
# u'caf\xe9'        | b'caf\xe9'         | b'caf\xe9'         | b'caf\xe9'         | b'caf\xe9'
# u'\u20ac'         | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError | UnicodeEncodeError
# u'a\0b'           | TypeError          | TypeError          | b'a\x00b'          | b'a\x00b'
# u'abcd'           | b'abcd'            | b'abcd'            | b'abcd'            | b'abcd'
# b'abc'            | TypeError          | b'abc'             | TypeError          | b'abc'
# b'\xff'           | TypeError          | b'\xff'            | TypeError          | b'\xff'
# bytearray(b'abc') | TypeError          | b'abc'             | TypeError          | b'abc'
# None              | TypeError          | TypeError          | TypeError          | TypeError
# 1                 | TypeError          | TypeError          | TypeError          | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "A str is taken for text in ASCII and encoded."
# table = '''
# value             | es                 | et        | es#                | et#
# b'abc'            | b'abc'             |           | b'abc'             |
# b'\xff'           | UnicodeDecodeError |           | UnicodeDecodeError |
# bytearray(b'abc') |                    | TypeError |                    | TypeError
# '''
# ///

from notes_parse import parse

grid(parse, [
    "u'abc'", "u'caf\\xe9'", "u'\\u20ac'", "u'a\\0b'", "u'abcd'", "b'abc'", "b'\\xff'", "bytearray(b'abc')",
    "None", "1",
], ["es", "et", "es#", "et#"])
