# /// claim
# group = "conversions"
# statement = """
# `f d D` convert to float, double and a complex pair whatever has `__float__`, `__complex__` or `__index__`.
# `f` rounds, and what a float cannot hold becomes an infinity without an exception.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value        | f                   | d             | D
# 0.5          | 0.5                 | 0.5           | (0.5+0j)
# 0.1          | 0.10000000149011612 | 0.1           | (0.1+0j)
# 1e308        | inf                 | 1e+308        | (1e+308+0j)
# 1            | 1.0                 | 1.0           | (1+0j)
# True         | 1.0                 | 1.0           | (1+0j)
# 2**1024      | OverflowError       | OverflowError | OverflowError
# 1j           | TypeError           | TypeError     | 1j
# float('nan') | nan                 | nan           | (nan+0j)
# float('inf') | inf                 | inf           | (inf+0j)
# '0.5'        | TypeError           | TypeError     | TypeError
# None         | TypeError           | TypeError     | TypeError
# Float()      | 0.25                | 0.25          | (0.25+0j)
# Index()      | 5.0                 | 5.0           | (5+0j)
# Complex()    | TypeError           | TypeError     | (1+2j)
# '''
#
# [[expect]]
# python = "..3.7"
# why = "`__index__` is taken since 3.8 (bpo-20092)."
# table = '''
# value   | f         | d         | D
# Index() | TypeError | TypeError | TypeError
# '''
#
# [[expect]]
# id = "pypy311_pp73"
# why = "This PyPy does not take `__index__` for a float."
# table = '''
# value   | f         | d
# Index() | TypeError | TypeError
# '''
# ///

from notes_parse import parse


class Float(object):
    def __float__(self):
        return 0.25


class Index(object):
    def __index__(self):
        return 5


class Complex(object):
    def __complex__(self):
        return 1 + 2j


grid(parse, [
    "0.5", "0.1", "1e308", "1", "True", "2**1024", "1j", "float('nan')", "float('inf')", "'0.5'", "None",
    "Float()", "Index()", "Complex()",
], "fdD", globals())
