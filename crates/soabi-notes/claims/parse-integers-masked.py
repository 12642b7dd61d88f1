# /// claim
# group = "conversions"
# statement = """
# `B H I k K` convert an int to an unsigned type and drop the bits that do not fit, without an exception.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value      | B                       | H                         | I                              | k                                       | K
# 0          | 0                       | 0                         | 0                              | 0                                       | 0
# True       | 1                       | 1                         | 1                              | 1                                       | 1
# -1         | 255                     | 65535                     | 4294967295                     | 18446744073709551615                    | 18446744073709551615
# -129       | 127, DeprecationWarning | 65407                     | 4294967167                     | 18446744073709551487                    | 18446744073709551487
# 255        | 255                     | 255                       | 255                            | 255                                     | 255
# 256        | 0, DeprecationWarning   | 256                       | 256                            | 256                                     | 256
# 2**16 - 1  | 255, DeprecationWarning | 65535                     | 65535                          | 65535                                   | 65535
# 2**16      | 0, DeprecationWarning   | 0, DeprecationWarning     | 65536                          | 65536                                   | 65536
# 2**32 - 1  | 255, DeprecationWarning | 65535, DeprecationWarning | 4294967295                     | 4294967295                              | 4294967295
# 2**32      | 0, DeprecationWarning   | 0, DeprecationWarning     | 0, DeprecationWarning          | 4294967296                              | 4294967296
# 2**64 - 1  | 255, DeprecationWarning | 65535, DeprecationWarning | 4294967295, DeprecationWarning | 18446744073709551615                    | 18446744073709551615
# 2**64      | 0, DeprecationWarning   | 0, DeprecationWarning     | 0, DeprecationWarning          | 0, DeprecationWarning                   | 0, DeprecationWarning
# -2**63 - 1 | 255, DeprecationWarning | 65535, DeprecationWarning | 4294967295, DeprecationWarning | 9223372036854775807, DeprecationWarning | 9223372036854775807, DeprecationWarning
# 1.0        | TypeError               | TypeError                 | TypeError                      | TypeError                               | TypeError
# '1'        | TypeError               | TypeError                 | TypeError                      | TypeError                               | TypeError
# None       | TypeError               | TypeError                 | TypeError                      | TypeError                               | TypeError
# Index()    | 5                       | 5                         | 5                              | 5                                       | 5
# Int()      | TypeError               | TypeError                 | TypeError                      | TypeError                               | TypeError
# '''
#
# [[expect]]
# python = "..3.7"
# why = "`__int__` was taken, and `__index__` was not."
# table = '''
# value   | B         | H         | I
# Index() | TypeError | TypeError | TypeError
# Int()   | 6         | 6         | 6
# '''
#
# [[expect]]
# python = "3.8..3.9"
# why = "`__index__` is taken since 3.8, and `__int__` only with a warning (bpo-36048) until 3.10 refuses it (bpo-37999)."
# table = '''
# value | B                     | H                     | I
# Int() | 6, DeprecationWarning | 6, DeprecationWarning | 6, DeprecationWarning
# '''
#
# [[expect]]
# python = "..3.13"
# why = "`k` and `K` take `__index__` since 3.14 (gh-132987)."
# table = '''
# value   | k         | K
# Index() | TypeError | TypeError
# '''
#
# [[expect]]
# python = "..3.14"
# why = "Since 3.15 there is a warning when bits are dropped (gh-132629)."
# table = '''
# value      | B   | H     | I          | k                   | K
# -129       | 127 |       |            |                     |
# 256        | 0   |       |            |                     |
# 2**16 - 1  | 255 |       |            |                     |
# 2**16      | 0   | 0     |            |                     |
# 2**32 - 1  | 255 | 65535 |            |                     |
# 2**32      | 0   | 0     | 0          |                     |
# 2**64 - 1  | 255 | 65535 | 4294967295 |                     |
# 2**64      | 0   | 0     | 0          | 0                   | 0
# -2**63 - 1 | 255 | 65535 | 4294967295 | 9223372036854775807 | 9223372036854775807
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
    "0", "True", "-1", "-129", "255", "256", "2**16 - 1", "2**16", "2**32 - 1", "2**32", "2**64 - 1", "2**64",
    "-2**63 - 1", "1.0", "'1'", "None", "Index()", "Int()",
], "BHIkK", globals())
