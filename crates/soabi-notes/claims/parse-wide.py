# /// claim
# group = "conversions"
# statement = """
# `u` and `Z` give a pointer to wide characters, of a copy that text keeps for good. `Z` takes None, as NULL.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value         | u            | u#           | Z            | Z#
# u'abc'        | 'abc'        | 'abc'        | 'abc'        | 'abc'
# u'\u20ac'     | '\u20ac'     | '\u20ac'     | '\u20ac'     | '\u20ac'
# u'\U0001f40d' | '\U0001f40d' | '\U0001f40d' | '\U0001f40d' | '\U0001f40d'
# u'a\0b'       | ValueError   | 'a\x00b'     | ValueError   | 'a\x00b'
# u''           | ''           | ''           | ''           | ''
# b'abc'        | TypeError    | TypeError    | TypeError    | TypeError
# None          | TypeError    | TypeError    | NULL         | NULL
# 1             | TypeError    | TypeError    | TypeError    | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`Z` came with 3.0. A NUL inside is a TypeError."
# table = '''
# value         | u         | Z         | Z#
# u'abc'        |           | TypeError | TypeError
# u'\u20ac'     |           | TypeError | TypeError
# u'\U0001f40d' |           | TypeError | TypeError
# u'a\0b'       | TypeError | TypeError | TypeError
# u''           |           | TypeError | TypeError
# None          |           | TypeError | TypeError
# '''
#
# [[expect]]
# python = "3.10..3.11"
# why = "They still work, with a warning."
# table = '''
# value         | u                                | u#                               | Z                                | Z#
# u'abc'        | 'abc', DeprecationWarning        | 'abc', DeprecationWarning        | 'abc', DeprecationWarning        | 'abc', DeprecationWarning
# u'\u20ac'     | '\u20ac', DeprecationWarning     | '\u20ac', DeprecationWarning     | '\u20ac', DeprecationWarning     | '\u20ac', DeprecationWarning
# u'\U0001f40d' | '\U0001f40d', DeprecationWarning | '\U0001f40d', DeprecationWarning | '\U0001f40d', DeprecationWarning | '\U0001f40d', DeprecationWarning
# u'a\0b'       | ValueError, DeprecationWarning   | 'a\x00b', DeprecationWarning     | ValueError, DeprecationWarning   | 'a\x00b', DeprecationWarning
# u''           | '', DeprecationWarning           | '', DeprecationWarning           | '', DeprecationWarning           | '', DeprecationWarning
# b'abc'        | TypeError, DeprecationWarning    | TypeError, DeprecationWarning    | TypeError, DeprecationWarning    | TypeError, DeprecationWarning
# None          | TypeError, DeprecationWarning    | TypeError, DeprecationWarning    | NULL, DeprecationWarning         | NULL, DeprecationWarning
# 1             | TypeError, DeprecationWarning    | TypeError, DeprecationWarning    | TypeError, DeprecationWarning    | TypeError, DeprecationWarning
# '''
#
# [[expect]]
# python = "3.12.."
# holds = false
# why = "They are gone (PEP 623)."
# table = '''
# value         | u           | u#          | Z           | Z#
# u'abc'        | SystemError | SystemError | SystemError | SystemError
# u'\u20ac'     | SystemError | SystemError | SystemError | SystemError
# u'\U0001f40d' | SystemError | SystemError | SystemError | SystemError
# u'a\0b'       | SystemError | SystemError | SystemError | SystemError
# u''           | SystemError | SystemError | SystemError | SystemError
# b'abc'        | SystemError | SystemError | SystemError | SystemError
# None          | SystemError | SystemError | SystemError | SystemError
# 1             | SystemError | SystemError | SystemError | SystemError
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy puts no zero behind a text beyond U+FFFF: what is in memory there decides whether it is refused."
# table = '''
# value         | u | Z
# u'\U0001f40d' | - | -
# '''
# ///

import sys

from notes_parse import parse

values = ["u'abc'", "u'\\u20ac'", "u'\\U0001f40d'", "u'a\\0b'", "u''", "b'abc'", "None", "1"]
grid(parse, values, ["u#", "Z#"])
if hasattr(sys, "pypy_version_info"):
    del values[2]
grid(parse, values, ["u", "Z"])
