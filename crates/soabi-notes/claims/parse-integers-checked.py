# /// claim
# group = "conversions"
# statement = """
# `b h i l n L` convert an int and refuse what does not fit: `b` is an unsigned char that must not be
# negative, the others are signed. No float is taken for an int; `__index__` is.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value      | b             | h             | i             | l                    | n                    | L
# 0          | 0             | 0             | 0             | 0                    | 0                    | 0
# True       | 1             | 1             | 1             | 1                    | 1                    | 1
# -1         | OverflowError | -1            | -1            | -1                   | -1                   | -1
# 127        | 127           | 127           | 127           | 127                  | 127                  | 127
# 255        | 255           | 255           | 255           | 255                  | 255                  | 255
# 256        | OverflowError | 256           | 256           | 256                  | 256                  | 256
# -2**15     | OverflowError | -32768        | -32768        | -32768               | -32768               | -32768
# -2**15 - 1 | OverflowError | OverflowError | -32769        | -32769               | -32769               | -32769
# 2**15 - 1  | OverflowError | 32767         | 32767         | 32767                | 32767                | 32767
# 2**15      | OverflowError | OverflowError | 32768         | 32768                | 32768                | 32768
# -2**31     | OverflowError | OverflowError | -2147483648   | -2147483648          | -2147483648          | -2147483648
# -2**31 - 1 | OverflowError | OverflowError | OverflowError | -2147483649          | -2147483649          | -2147483649
# 2**31 - 1  | OverflowError | OverflowError | 2147483647    | 2147483647           | 2147483647           | 2147483647
# 2**31      | OverflowError | OverflowError | OverflowError | 2147483648           | 2147483648           | 2147483648
# -2**63     | OverflowError | OverflowError | OverflowError | -9223372036854775808 | -9223372036854775808 | -9223372036854775808
# -2**63 - 1 | OverflowError | OverflowError | OverflowError | OverflowError        | OverflowError        | OverflowError
# 2**63 - 1  | OverflowError | OverflowError | OverflowError | 9223372036854775807  | 9223372036854775807  | 9223372036854775807
# 2**63      | OverflowError | OverflowError | OverflowError | OverflowError        | OverflowError        | OverflowError
# 1.0        | TypeError     | TypeError     | TypeError     | TypeError            | TypeError            | TypeError
# '1'        | TypeError     | TypeError     | TypeError     | TypeError            | TypeError            | TypeError
# None       | TypeError     | TypeError     | TypeError     | TypeError            | TypeError            | TypeError
# Index()    | 5             | 5             | 5             | 5                    | 5                    | 5
# Int()      | TypeError     | TypeError     | TypeError     | TypeError            | TypeError            | TypeError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`L` still took a float, with a warning, and `n` whatever has `__int__`."
# table = '''
# value   | n         | L
# 1.0     |           | 1, DeprecationWarning
# Index() | TypeError |
# Int()   | 6         |
# '''
#
# [[expect]]
# python = "..3.7"
# why = "`__int__` was taken, and `__index__` by `n` alone."
# table = '''
# value   | b         | h         | i         | l         | L
# Index() | TypeError | TypeError | TypeError | TypeError | TypeError
# Int()   | 6         | 6         | 6         | 6         | 6
# '''
#
# [[expect]]
# python = "3.8..3.9"
# why = "`__index__` is taken since 3.8, and `__int__` only with a warning (bpo-36048) until 3.10 refuses it (bpo-37999)."
# table = '''
# value | b                     | h                     | i                     | l                     | L
# Int() | 6, DeprecationWarning | 6, DeprecationWarning | 6, DeprecationWarning | 6, DeprecationWarning | 6, DeprecationWarning
# '''
# ///

from notes_parse import parse


class Index(object):
    def __index__(self):
        return 5


class Int(object):
    def __int__(self):
        return 6


grid(parse, [
    "0", "True", "-1", "127", "255", "256", "-2**15", "-2**15 - 1", "2**15 - 1", "2**15", "-2**31",
    "-2**31 - 1", "2**31 - 1", "2**31", "-2**63", "-2**63 - 1", "2**63 - 1", "2**63", "1.0", "'1'", "None",
    "Index()", "Int()",
], "bhilnL", globals())
