# /// claim
# group = "conversions"
# statement = """
# `c` takes one byte, of bytes or of a bytearray; `C` takes one character and gives its code point.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value           | c         | C
# b'A'            | 65        | TypeError
# b''             | TypeError | TypeError
# b'AB'           | TypeError | TypeError
# b'\xff'         | 255       | TypeError
# bytearray(b'A') | 65        | TypeError
# u'A'            | TypeError | 65
# u'\xe9'         | TypeError | 233
# u'\u20ac'       | TypeError | 8364
# u'\U0001f40d'   | TypeError | 128013
# u''             | TypeError | TypeError
# u'AB'           | TypeError | TypeError
# 65              | TypeError | TypeError
# None            | TypeError | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`C` came with Python 3.0; `c` takes a bytearray since 3.3."
# table = '''
# value           | c         | C
# bytearray(b'A') | TypeError |
# u'A'            |           | TypeError
# u'\xe9'         |           | TypeError
# u'\u20ac'       |           | TypeError
# u'\U0001f40d'   |           | TypeError
# '''
# ///

from notes_parse import parse

grid(parse, [
    "b'A'", "b''", "b'AB'", "b'\\xff'", "bytearray(b'A')", "u'A'", "u'\\xe9'", "u'\\u20ac'", "u'\\U0001f40d'",
    "u''", "u'AB'", "65", "None",
], "cC")
